import { generateKeyPairSync } from 'node:crypto';

/** A link-signing key in the forms the store keeps: SPKI and PKCS #8, DER. */
export function signingKey(kid: string): { kid: string; publicKey: Buffer; privateKey: Buffer } {
  const pair = generateKeyPairSync('ed25519');
  return { kid, publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }), privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }) };
}
