// Records when a page painted which stamp. It runs before the page's own scripts, and knows nothing of them.
// A stamp counts as painted in the first task after the animation frame that shows it.
(() => {
  const probe = (window.probe = { painted: [], text: "" });
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

  const observer = new MutationObserver(() => {
    if (pending) return;
    pending = true;
    if (inFrame) afterFrame(record);
    else nextFrame(() => afterFrame(record));
  });
  let shown = null;
  function record() {
    pending = false;
    const text = shown.dataset.value ?? shown.textContent;
    if (text === probe.text) return;
    probe.text = text;
    probe.painted.push([Number(text.replace(/[^0-9]/g, "")), performance.timeOrigin + performance.now()]);
  }

  const looking = setInterval(() => {
    shown = document.querySelector(STAMP_SELECTOR);
    if (!shown) return;
    clearInterval(looking);
    observer.observe(shown, { attributes: true, characterData: true, childList: true, subtree: true });
  }, 50);
})();
