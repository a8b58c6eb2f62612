/**
 * One WebSocket that is always on its way to being open: when it closes, the next attempt follows by itself.
 * Knows nothing of what is said over it.
 */

export interface ConnectionHandlers {
  onOpen(): void;
  onText(text: string): void;
  onBinary(data: ArrayBuffer): void;
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
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.attempt = 0;
      this.handlers.onOpen();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") this.handlers.onText(data);
      else this.handlers.onBinary(data);
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

  close(): void {
    clearTimeout(this.timer);
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
  }
}
