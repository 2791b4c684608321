/* Better with JavaScript, complete without it: one tap is one submit, and results come by themselves. */
(function () {
  "use strict";
  /* Without a network nothing is sent and nothing typed is lost: the page says so and stays (E-1108). */
  var OFFLINE = [
    ["h2", "手机没有网络"], ["p", "还没有扣钱。填过的内容还在。"], ["p", "打开网络，再点一次。电话在页面最下面。"],
    ["p", "提示编号 E-1108"]
  ];
  function tell() {
    var told = document.getElementById("offline") || document.createElement("section");
    told.id = "offline";
    told.className = "card notice";
    told.setAttribute("role", "alert");
    told.textContent = "";
    OFFLINE.forEach(function (part) {
      told.appendChild(document.createElement(part[0])).textContent = part[1];
    });
    var main = document.getElementById("main");
    main.insertBefore(told, main.firstChild);
    told.scrollIntoView();
  }
  function held(event) {
    if (navigator.onLine !== false) return false;
    event.preventDefault();
    tell();
    return true;
  }
  window.addEventListener("online", function () {
    var told = document.getElementById("offline");
    if (told) told.parentNode.removeChild(told);
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[href]") : null;
    if (link && link.protocol !== "tel:" && link.getAttribute("href").charAt(0) !== "#") held(event);
  });
  document.addEventListener("submit", function (event) {
    if (held(event)) return;
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
  if (waiting) window.setTimeout(function () {
    window.location.replace(waiting.getAttribute("data-poll"));
  }, waiting.getAttribute("data-pause") || 1500);
})();
