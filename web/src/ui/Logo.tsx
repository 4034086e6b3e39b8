/** `short`: the mark alone. */
export function Logo({ short = false }: { short?: boolean }) {
  return (
    <span className="flex items-center gap-2.5">
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden>
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M8.6 21.5a4.5 4.5 0 0 1 .2-8.9 7.5 7.5 0 0 1 14.3 1.7 3.7 3.7 0 0 1-.4 7.2Z"
          fill="none"
          stroke="#fff"
          strokeWidth="2"
          strokeLinejoin="round"
        />
        <g fill="#fff">
          <circle cx="12.4" cy="17.2" r="1.4" />
          <circle cx="16" cy="17.2" r="1.4" />
          <circle cx="19.6" cy="17.2" r="1.4" />
        </g>
      </svg>
      {!short && (
        <span className="text-[15px] font-semibold tracking-tight text-ink">Automator67</span>
      )}
    </span>
  );
}
