// What ends TLS in front of a server, as a proxy of a cloud or of a person does. The browser has to believe its
// certificate, which nobody signed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { freePorts } from './cloud.ts';

/** A new key and a certificate of its own. */
export function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'a67-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}

/** Passes what comes by https on to a port of this machine, the `Host` included. */
export class TlsEdge {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(target: number): Promise<TlsEdge> {
    const port = await freePorts(1);
    const server = createServer(certificate());
    const edge = new TlsEdge(server, port);
    server.on('secureConnection', (socket) => {
      const onward = connect(target, '127.0.0.1');
      for (const one of [socket, onward]) {
        edge.#sockets.add(one);
        one.on('close', () => edge.#sockets.delete(one));
        one.on('error', () => {
          socket.destroy();
          onward.destroy();
        });
      }
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return edge;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
