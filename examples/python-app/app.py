"""A page and a small JSON interface, with nothing but Python's standard library.

It tells which replica answered, counts what it has served, and lets you throw dice.
"""

import json
import os
import random
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

REPLICA = os.environ.get("A67_REPLICA", "local")
NODE = os.environ.get("A67_NODE", "this machine")
STARTED = time.time()
DICE_MAX = 20

served = 0
served_lock = threading.Lock()

# Addresses are relative: behind a gateway the app may live below a prefix such as /@python-app/.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dice</title>
<style>
  :root {{ color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }}
  body {{ max-width: 34rem; margin: 4rem auto; padding: 0 1.25rem; }}
  #dice {{ font-size: 3rem; letter-spacing: .3rem; min-height: 4.5rem; }}
  button {{ font: inherit; padding: .5rem 1.2rem; border-radius: .5rem; border: 0;
           background: #0f766e; color: #fff; cursor: pointer; }}
  button:focus-visible {{ outline: 3px solid #5eead4; outline-offset: 2px; }}
  small {{ opacity: .75; }}
</style>
<h1>Dice</h1>
<p id="dice" aria-live="polite">&nbsp;</p>
<p><button type="button">Throw two dice</button></p>
<p><small id="who">Answered by {replica} on {node}.</small></p>
<script>
  const faces = '⚀⚁⚂⚃⚄⚅';
  document.querySelector('button').addEventListener('click', async () => {{
    const answer = await (await fetch('api/dice?count=2')).json();
    document.querySelector('#dice').textContent = answer.dice.map((n) => faces[n - 1]).join('');
    document.querySelector('#who').textContent = `Thrown by ${{answer.replica}} on ${{answer.node}}.`;
  }});
</script>
</html>
"""


def throw_dice(query):
    try:
        count = int(query.get("count", ["2"])[0])
    except ValueError:
        return 400, {"error": "count must be a number"}
    if not 1 <= count <= DICE_MAX:
        return 400, {"error": f"count must be 1 to {DICE_MAX}"}
    dice = [random.randint(1, 6) for _ in range(count)]
    return 200, {"replica": REPLICA, "node": NODE, "dice": dice}


def about():
    return 200, {
        "replica": REPLICA,
        "node": NODE,
        "served": served,
        "secondsUp": round(time.time() - STARTED, 1),
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 90

    def do_GET(self):
        global served
        with served_lock:
            served += 1
        address = urlsplit(self.path)
        if address.path == "/":
            self.answer(200, "text/html; charset=utf-8", PAGE.format(replica=REPLICA, node=NODE))
        elif address.path == "/healthz":
            self.answer(200, "text/plain; charset=utf-8", "ok")
        elif address.path == "/api/dice":
            self.answer_json(*throw_dice(parse_qs(address.query)))
        elif address.path == "/api/about":
            self.answer_json(*about())
        else:
            self.answer_json(404, {"error": "There is no such page."})

    do_HEAD = do_GET

    def answer_json(self, status, value):
        self.answer(status, "application/json", json.dumps(value))

    def answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Replica", REPLICA)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, text, *values):
        print(text % values, flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    server = Server(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"python-app replica {REPLICA} listens on port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
