/**
 * A part of the page that is fetched when it is needed. Where it cannot be had, as when the server was updated since the
 * page was opened, that is said in its place, and all else goes on. Knows none of the parts.
 */

import { Component, Suspense, type ReactNode } from "react";

import { NotLoaded } from "./NotLoaded";

interface LaterProps {
  /** What stands there until it has come. */
  readonly fallback?: ReactNode;
  /** What stands there when it does not come. */
  readonly failed?: ReactNode;
  readonly children: ReactNode;
}

export function Later({ fallback = null, failed = <NotLoaded />, children }: LaterProps) {
  return (
    <Boundary failed={failed}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </Boundary>
  );
}

interface BoundaryProps {
  readonly failed: ReactNode;
  readonly children: ReactNode;
}

/** React has no function for it. */
class Boundary extends Component<BoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.failed : this.props.children;
  }
}
