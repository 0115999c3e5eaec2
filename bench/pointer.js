// Records how long input waits. It runs beside the probe, before the page's own scripts, and knows nothing of them.
// A delay is from the event's own time stamp, which it gets on arrival in the browser, to the first task after the
// animation frame that follows its handlers: from then on its picture is with the compositor.
(() => {
  const KINDS = { pointerdown: "press", pointerup: "press", click: "press", keydown: "key", wheel: "wheel" };
  const TIMED = new Set(["pointerdown", "pointerup", "click", "keydown", "keyup"]);
  const hand = (window.hand = { delays: [], waits: [], timed: [], long: [], counts });
  const channel = new MessageChannel();
  const shown = [];
  let waiting = [];
  channel.port1.onmessage = () => {
    const now = performance.now();
    for (const [kind, at] of shown.splice(0)) hand.delays.push([kind, now - at]);
  };
  const note = (kind, at) => {
    hand.waits.push(performance.now() - at);
    waiting.push([kind, at]);
    if (waiting.length > 1) return;
    requestAnimationFrame(() => {
      shown.push(...waiting);
      waiting = [];
      channel.port2.postMessage(0);
    });
  };
  const listen = (type, kindOf) =>
    window.addEventListener(type, (event) => note(kindOf(event), event.timeStamp), { capture: true, passive: true });
  for (const [type, kind] of Object.entries(KINDS)) listen(type, () => kind);
  listen("pointermove", ({ buttons }) => (buttons ? "drag" : "move"));

  // The browser's own word. It rounds to 8 ms, and leaves out moves, wheels and all that took less than 16 ms.
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (TIMED.has(name)) hand.timed.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) hand.long.push(duration);
  }).observe({ type: "longtask" });

  // How many events of those kinds there were so far.
  function counts() {
    let sum = 0;
    for (const name of TIMED) sum += performance.eventCounts.get(name) ?? 0;
    return sum;
  }
})();
