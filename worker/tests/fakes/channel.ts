// A BroadcastChannel that delivers in order and can be waited for.
import type { Channel, TabMessage } from '../../src/tab-channel';

export class FakeAir {
  private readonly members = new Set<FakeChannel>();

  join(): FakeChannel {
    const channel = new FakeChannel(this);
    this.members.add(channel);
    return channel;
  }

  leave(channel: FakeChannel): void {
    this.members.delete(channel);
  }

  send(from: FakeChannel, message: TabMessage): void {
    const copy = structuredClone(message);
    for (const member of this.members) {
      if (member === from) continue;
      queueMicrotask(() => member.onmessage?.({ data: copy } as MessageEvent<TabMessage>));
    }
  }
}

class FakeChannel implements Channel {
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null = null;
  private readonly air: FakeAir;

  constructor(air: FakeAir) {
    this.air = air;
  }

  postMessage(message: TabMessage): void {
    this.air.send(this, message);
  }

  close(): void {
    this.air.leave(this);
  }
}
