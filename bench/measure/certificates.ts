import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverCertificate, serverKey } from '../../packages/ocpp/src/testing/certificates.ts';

/** Writes the certificate of `localhost` and its key into the folder, and gives the settings that name them. */
export async function writeCertificates(folder: string): Promise<Record<string, string>> {
  const certificate = join(folder, 'server.pem');
  const key = join(folder, 'server.key');
  await writeFile(certificate, serverCertificate);
  await writeFile(key, serverKey, { mode: 0o600 });
  return { BUSBAR_TLS_CERTIFICATE: certificate, BUSBAR_TLS_KEY: key };
}
