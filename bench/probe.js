// Records when a page painted which stamp. It runs before the page's own scripts, and knows nothing of them.
// A stamp counts as painted in the first task after the animation frame that shows it.
(() => {
  const probe = (window.probe = { painted: [], text: "", bytes: 0, until, inputAt: null });
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => waiting.splice(0).forEach((run) => run());
  const afterFrame = (run) => {
    waiting.push(run);
    channel.port2.postMessage(0);
  };
  const nextFrame = window.requestAnimationFrame.bind(window);
  let inFrame = false;
  let pending = false;
  window.requestAnimationFrame = (run) =>
    nextFrame((time) => {
      if (!inFrame) {
        inFrame = true;
        afterFrame(() => (inFrame = false));
      }
      run(time);
    });

  const stamp = () => {
    try {
      return STAMP_JS;
    } catch {
      return null; // not yet
    }
  };
  const observer = new MutationObserver(() => {
    if (pending) return;
    pending = true;
    if (inFrame) afterFrame(record);
    else nextFrame(() => afterFrame(record));
  });
  let shown = null;
  let watched = null;
  function record() {
    pending = false;
    if (IS_SCOPED || !shown.isConnected) shown = stamp() ?? shown;
    const text = shown.dataset.value ?? shown.textContent;
    if (text === probe.text) return;
    probe.text = text;
    probe.painted.push([Number(text.replace(/[^0-9]/g, "")), performance.timeOrigin + performance.now()]);
  }
  // Looks again once in a while: an element may be replaced by another.
  if (HAS_STAMP) {
    setInterval(() => {
      if (watched?.isConnected) return;
      shown = stamp();
      watched = shown && (SCOPE_JS);
      if (!watched) return;
      observer.disconnect();
      observer.observe(watched, { attributes: true, characterData: true, childList: true, subtree: true });
    }, 50);
  }

  // Resolves with the milliseconds since 1970 at which a condition was first true after an animation frame.
  function until(condition, timeoutMillis) {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const look = () => {
        let isTrue = false;
        try {
          isTrue = condition();
        } catch {
          isTrue = false; // not yet
        }
        const now = performance.now();
        if (isTrue) resolve(performance.timeOrigin + now);
        else if (now - began > timeoutMillis) reject(new Error("not within " + timeoutMillis + " ms"));
        else nextFrame(() => afterFrame(look));
      };
      look();
    });
  }

  for (const kind of ["mouseup", "pointerup"]) {
    window.addEventListener(kind, () => (probe.inputAt = performance.timeOrigin + performance.now()), true);
  }

  if (COUNTS_BYTES) {
    const size = (data) => data.byteLength ?? data.size ?? data.length ?? 0;
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
      constructor(...parameters) {
        super(...parameters);
        this.addEventListener("message", ({ data }) => (probe.bytes += size(data)));
      }
    };
    const resources = new PerformanceObserver((list) => {
      for (const one of list.getEntries()) probe.bytes += one.transferSize || one.encodedBodySize;
      performance.clearResourceTimings();
    });
    resources.observe({ type: "resource", buffered: true });
  }
})();
