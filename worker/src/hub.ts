// The leader's switchboard: commands of many tabs become commands of one engine, and each answer
// finds its way back to the tab that asked.
import { STREAMS } from './generated/contract';
import type { Answer, CancelMessage, CommandMessage, ToWorker } from './protocol';

/** Commands under way over all tabs. */
export const ROUTES_MAX = 1_024;

export type HubDoors = {
  toEngine: (message: ToWorker) => void;
  toTab: (tab: string, message: Answer) => void;
};

type Route = { tab: string; id: number; name: string };

const streamNames: readonly string[] = STREAMS;

export class Hub {
  private readonly doors: HubDoors;
  private readonly routes = new Map<number, Route>();
  private nextId = 1;

  constructor(doors: HubDoors) {
    this.doors = doors;
  }

  fromTab(tab: string, message: CommandMessage | CancelMessage): void {
    if (message.kind === 'cancel') {
      const id = this.idOf(tab, message.id);
      if (id !== undefined) this.doors.toEngine({ kind: 'cancel', id });
      return;
    }
    if (this.routes.size >= ROUTES_MAX) {
      this.doors.toTab(tab, {
        kind: 'failed',
        id: message.id,
        error: {
          code: 'rate_limited',
          message: `${ROUTES_MAX} requests are under way over all tabs.`,
          hint: 'Close tabs you do not need, then try again.',
          retryable: true,
        },
      });
      return;
    }
    const id = this.nextId++;
    this.routes.set(id, { tab, id: message.id, name: message.name });
    this.doors.toEngine({ ...message, id });
  }

  fromEngine(message: Answer): void {
    const route = this.routes.get(message.id);
    if (route === undefined) return;
    if (message.kind !== 'progress') this.routes.delete(message.id);
    this.doors.toTab(route.tab, { ...message, id: route.id });
  }

  /** A closed tab's streams end; its deployments go on, because somebody still wants them. */
  dropTab(tab: string): void {
    for (const [id, route] of this.routes) {
      if (route.tab === tab && streamNames.includes(route.name)) {
        this.doors.toEngine({ kind: 'cancel', id });
      }
    }
  }

  private idOf(tab: string, id: number): number | undefined {
    for (const [global, route] of this.routes) {
      if (route.tab === tab && route.id === id) return global;
    }
    return undefined;
  }
}
