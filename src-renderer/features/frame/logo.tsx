/** The product's mark: light falls on a mirror and leaves as a flash. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false" style={{ flex: 'none' }}>
      <rect width="32" height="32" rx="7" fill="#1A2129" />
      <path d="M8 7.5 15.2 20.5" stroke="#E7EBEF" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M16.8 20.5 24 7.5" stroke="#E8A317" strokeWidth="3.4" strokeLinecap="round" />
      <path d="M9 25h14" stroke="#8996A4" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  );
}
