// Sends one order to a node, for trying things by hand. It shares no code with the engine on purpose: what it signs
// with Node's own crypto, the node's C++ has to accept.
//
//   node tests/tools/order.mjs URL KEYFILE claim CODE
//   node tests/tools/order.mjs URL KEYFILE GET /v1/status
//   node tests/tools/order.mjs URL KEYFILE PUT /v1/desired BODYFILE
//   node tests/tools/order.mjs URL KEYFILE upload ARCHIVE.tar.gz
//
// KEYFILE is made when it is missing. EPOCH=n chooses the epoch (default 1).
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [url, keyFile, verb, target, bodyFile] = process.argv.slice(2);
if (!target) {
  console.error(
    'usage: node tests/tools/order.mjs URL KEYFILE claim CODE | METHOD PATH [BODYFILE] | upload FILE',
  );
  process.exit(2);
}

if (!existsSync(keyFile)) {
  const made = generateKeyPairSync('ed25519').privateKey;
  writeFileSync(keyFile, made.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
const key = createPrivateKey(readFileSync(keyFile));
const publicKey = createPublicKey(key).export({ format: 'jwk' }).x;

const hello = await (await fetch(`${url}/v1/hello`)).json();
const encode = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function makeToken(action, body) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: publicKey,
    aud: hello.nodeId,
    iat,
    exp: iat + 30,
    jti: randomBytes(16).toString('base64url'),
    epoch: Number(process.env.EPOCH ?? 1),
    act: action,
  };
  if (body !== undefined) claims.sum = createHash('sha256').update(body).digest('base64url');
  const input = `${encode('{"alg":"EdDSA","typ":"JWT"}')}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

let method = verb;
let path = target;
let body;
let signed;
if (verb === 'claim') {
  method = 'POST';
  path = '/v1/claim';
  body = JSON.stringify({ code: target, publicKey, controllerName: 'by hand' });
} else if (verb === 'upload') {
  method = 'PUT';
  body = readFileSync(target);
  const format = target.endsWith('.zip') ? 'zip' : 'tar.gz';
  path = `/v1/releases/${createHash('sha256').update(body).digest('hex')}?format=${format}`;
} else if (method !== 'GET') {
  body = bodyFile ? readFileSync(bodyFile) : '';
}
if (method !== 'GET' && verb !== 'upload') signed = body;

const token = makeToken(`${method} ${path.split('?')[0]}`, signed);
const answer = await fetch(url + path, {
  method,
  headers: { authorization: `Bearer ${token}` },
  body: body || undefined,
});
console.log(answer.status, await answer.text());
process.exitCode = answer.ok ? 0 : 1;
