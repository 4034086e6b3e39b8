# Sums the test cases that passed and failed in the output of Catch2, vitest, node:test and Playwright.
# Prints "<passed> <failed> <skipped>".

# Catch2: "All tests passed (12 assertions in 4 test cases)", "test cases: 4 | 3 passed | 1 failed"
/All tests passed \(.* in [0-9]+ test cases?\)/ { passed += number_before("test case") }
/test cases: +[0-9]+ \|/ {
  passed += number_before("passed"); failed += number_before("failed"); skipped += number_before("skipped")
}

# vitest: "      Tests  1 failed | 12 passed (13)"
/^ *Tests  +[0-9]/ {
  passed += number_before("passed"); failed += number_before("failed"); skipped += number_before("skipped")
}

# node:test: "# pass 7", "# fail 0"
/^(#|ℹ) pass [0-9]+/ { passed += $3 }
/^(#|ℹ) fail [0-9]+/ { failed += $3 }
/^(#|ℹ) skipped [0-9]+/ { skipped += $3 }

# Playwright's summary: "  12 passed (3.4s)", "  1 failed", "  1 flaky"
/^  [0-9]+ passed( \(.*\))?$/ { passed += $1 }
/^  [0-9]+ failed$/ { failed += $1 }
/^  [0-9]+ flaky$/ { failed += $1 }
/^  [0-9]+ skipped$/ { skipped += $1 }

function number_before(word,    head) {
  head = $0
  if (!match(head, "[0-9]+ " word)) return 0
  return substr(head, RSTART) + 0
}

END { print passed + 0, failed + 0, skipped + 0 }
