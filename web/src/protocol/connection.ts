/**
 * One WebSocket that is always on its way to being open: when it closes, the next attempt follows by itself.
 * Knows nothing of what is said over it.
 */

export interface ConnectionHandlers {
  onMessage(text: string): void;
  /** The socket closed, or an attempt to open it failed. */
  onLost(): void;
}

/** Seconds between attempts: soon at first, for a server that restarts; then patient. */
const DELAYS = [0.3, 0.6, 1, 2, 3, 5];

export class Connection {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly handlers: ConnectionHandlers,
  ) {}

  open(): void {
    this.timer = undefined;
    const socket = new WebSocket(this.url);
    socket.onopen = () => {
      this.attempt = 0;
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      this.handlers.onMessage(data);
    };
    socket.onclose = () => {
      const delay = DELAYS[Math.min(this.attempt++, DELAYS.length - 1)] ?? 1;
      this.timer = setTimeout(() => {
        this.open();
      }, delay * 1000);
      this.handlers.onLost();
    };
    this.socket = socket;
  }

  /** False when the socket is not open; nothing was sent then. */
  send(text: string): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(text);
    return true;
  }

  /** Make the next attempt now, if one is to come. */
  hurry(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.open();
  }

  close(): void {
    clearTimeout(this.timer);
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
  }
}
