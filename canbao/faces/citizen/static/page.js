/* Better with JavaScript, complete without it: one tap is one submit, and results come by themselves. */
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
    var button = form.querySelector("button[type=submit]");
    if (button) { button.setAttribute("aria-busy", "true"); button.textContent = "正在提交…"; }
  });
  /* Coming back with the back button shows the page as it was left: let it be sent again. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  var waiting = document.querySelector("[data-poll]");
  if (waiting) window.setTimeout(function () { window.location.replace(waiting.getAttribute("data-poll")); }, 1500);
})();
