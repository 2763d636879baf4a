/** A file's text, put into the bundle by Vite, so that both shells and every thread have it without a path. */
declare module '*?raw' {
  const text: string;
  export default text;
}
