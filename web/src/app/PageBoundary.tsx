// A fault in one page must not take the shell with it.
import { Component, type ReactNode } from 'react';
import { toErrorView } from '../engine/errors';
import { ErrorBox } from '../ui/ErrorBox';

type PageBoundaryProps = { children: ReactNode };
type PageBoundaryState = { failure: unknown; failed: boolean };

export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { failure: null, failed: false };

  static getDerivedStateFromError(failure: unknown): PageBoundaryState {
    return { failure, failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <ErrorBox
        title="This page stopped working."
        error={toErrorView(this.state.failure)}
        onRetry={() => this.setState({ failure: null, failed: false })}
      />
    );
  }
}
