// Filters over the recommendations of a comparison: by state, and by words. Without it everything is shown.
"use strict";
(function () {
  var shown = Array.prototype.slice.call(document.querySelectorAll("section.recommendation"));
  if (shown.length < 4) { return; }
  var told = document.getElementById("main").dataset;
  var states = [];
  shown.forEach(function (section) {
    var tag = section.querySelector("dl .tag");
    section.state = tag ? tag.textContent : "";
    if (states.indexOf(section.state) < 0) { states.push(section.state); }
    section.words = section.textContent.toLowerCase();
  });
  var box = document.createElement("fieldset");
  box.className = "filters";
  var legend = document.createElement("legend");
  legend.textContent = told.filterTitle;
  box.appendChild(legend);
  var said = document.createElement("p");
  said.setAttribute("role", "status");
  var search = document.createElement("input");
  search.type = "search";
  var label = document.createElement("label");
  label.textContent = told.filterWords + " ";
  label.appendChild(search);
  var boxes = states.map(function (state) {
    var check = document.createElement("input");
    check.type = "checkbox";
    check.checked = true;
    var name = document.createElement("label");
    name.appendChild(check);
    name.appendChild(document.createTextNode(" " + state));
    box.appendChild(name);
    return check;
  });
  box.appendChild(label);
  box.appendChild(said);
  function apply() {
    var wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    shown.forEach(function (section) {
      var on = boxes[states.indexOf(section.state)].checked && wanted.every(function (word) {
        return section.words.indexOf(word) >= 0;
      });
      section.hidden = !on;
      count += on ? 1 : 0;
    });
    said.textContent = count === shown.length ? "" : told.filterShown.replace("{count}", count).replace("{all}", shown.length);
  }
  box.addEventListener("input", apply);
  box.addEventListener("change", apply);
  shown[0].parentNode.insertBefore(box, document.querySelector("section.recommendations h3"));
}());
