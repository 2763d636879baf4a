/** The product's mark: a mirror that flashes the sun. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false" style={{ flex: 'none' }}>
      <rect width="32" height="32" rx="7" fill="#1A2129" />
      <path d="M6 25 16.5 14.5" stroke="#7D8A97" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M16.5 14.5 26 9M16.5 14.5 23 4.6M16.5 14.5 26.8 16" stroke="#E8A317" strokeWidth="2.2" strokeLinecap="round" />
      <ellipse cx="15.6" cy="15.4" rx="3" ry="6.4" transform="rotate(45 15.6 15.4)" fill="#F4C75C" stroke="#1A2129" strokeWidth="1.2" />
    </svg>
  );
}
