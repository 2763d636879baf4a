/** Reads `AudienceList.ids`: row ids as little-endian 32-bit numbers in base64. */
export function decodeIds(base64: string): Uint32Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const ids = new Uint32Array(bytes.length / 4);
  for (let i = 0; i < ids.length; i++) ids[i] = view.getUint32(i * 4, true);
  return ids;
}
