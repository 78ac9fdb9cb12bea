// Search and filter of the index. Without scripts the page is the plain list and this form stays hidden.
"use strict";
{
  const form = document.getElementById("search");
  const [words, department, grade, found] = ["words", "department", "grade", "found"].map((id) => document.getElementById(id));
  const dense = (text) => text.normalize("NFKC").toLowerCase();
  const sections = [...document.querySelectorAll("section.department")].map((section) => ({
    section,
    code: section.dataset.code,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => ({
      row,
      grade: row.dataset.grade,
      text: dense(`${row.cells[0].textContent} ${row.dataset.code}`),
    })),
  }));

  const apply = () => {
    const wanted = dense(words.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { section, code, rows } of sections) {
      const open = !department.value || department.value === code;
      let shown = 0;
      for (const { row, grade: its, text } of rows) {
        const fits = open && (!grade.value || grade.value === its) && wanted.every((word) => text.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      section.hidden = !shown;
      count += shown;
    }
    const filtered = wanted.length || department.value || grade.value;
    found.textContent = !filtered ? "" : count ? `找到${count}个单位` : "没有符合条件的单位，请减少条件";
  };

  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply(); // what the browser kept in the fields when one comes back
}
