// Which official description covers which host of a provider. Files are the providers' own, read where they lie
// (../shared/provider-specs); none is part of the project.
export const DESCRIPTIONS = {
  render: [{ host: 'api', file: 'render/render-public-api.openapi.json', kind: 'openapi' }],
  fly: [{ host: 'api', file: 'fly/fly-machines.openapi3.json', kind: 'openapi', base: '/v1' }],
  koyeb: [{ host: 'api', file: 'koyeb/koyeb.openapi.json', kind: 'swagger' }],
  heroku: [{ host: 'api', file: 'heroku/heroku-platform-api.hyper-schema.json', kind: 'hyper' }],
  railway: [{ host: 'api', file: 'railway/railway-graphql-introspection.json', kind: 'graphql' }],
  netlify: [{ host: 'api', file: 'netlify/netlify.swagger2.json', kind: 'swagger' }],
  vercel: [{ host: 'api', file: 'vercel/vercel.openapi.json', kind: 'openapi' }],
  supabase: [
    { host: 'api', file: 'supabase/management-api-v1.openapi.json', kind: 'openapi' },
    {
      host: 'data',
      file: 'supabase/storage-api.openapi.json',
      kind: 'openapi',
      base: '/storage/v1',
    },
  ],
  atlas: [{ host: 'api', file: 'mongodb-atlas/atlas-admin-v2.openapi.yaml', kind: 'openapi' }],
  cloudinary: [
    { host: 'api', file: 'cloudinary/api.openapi.yml', kind: 'openapi' },
    { host: 'api', file: 'cloudinary/asset-management.openapi.yml', kind: 'openapi' },
  ],
  neon: [{ host: 'api', file: 'neon/neon-api-v2.openapi.json', kind: 'openapi' }],
  turso: [{ host: 'api', file: 'turso/turso-platform-api.openapi.json', kind: 'openapi' }],
  firebase: [
    { host: 'api', file: 'firebase-google/firebase.v1beta1.discovery.json', kind: 'discovery' },
    { host: 'firestore', file: 'firebase-google/firestore.v1.discovery.json', kind: 'discovery' },
    { host: 'storage', file: 'firebase-google/storage.v1.discovery.json', kind: 'discovery' },
    {
      host: 'database',
      file: 'firebase-google/firebasedatabase.v1beta.discovery.json',
      kind: 'discovery',
    },
  ],
};
