"use strict";
(function () {
  var filter = document.getElementById("filter");
  if (filter === null) { return; }
  var text = document.getElementById("filter-text");
  var task = document.getElementById("filter-task");
  var count = document.getElementById("filter-count");
  var none = document.getElementById("no-match");
  var rows = Array.from(document.querySelectorAll("#forgotten-table tbody tr"));
  var contents = rows.map(function (row) { return row.textContent.toLowerCase(); });
  function show() {
    var wanted = text.value.trim().toLowerCase();
    var shown = 0;
    rows.forEach(function (row, i) {
      var hide = !contents[i].includes(wanted) || (task.value !== "" ? row.dataset.task !== task.value : false);
      row.hidden = hide;
      shown += hide ? 0 : 1;
    });
    count.textContent = shown + " of " + rows.length;
    none.hidden = shown !== 0;
  }
  text.addEventListener("input", show);
  task.addEventListener("change", show);
  filter.hidden = false;
  show();
}());
