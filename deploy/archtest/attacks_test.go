package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	attackRow  = regexp.MustCompile(`(?m)^\| ([AGRS]\d\d[a-z]?) \| (.*) \| (.*) \| (.*) \|$`)
	namedTest  = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
	backticked = regexp.MustCompile("`[^`]+`")
)

// TestAttacks holds the table of attacks to the tests that it names: every row of
// the catalogue is there once, with a test that exists or a word why there is none.
func TestAttacks(t *testing.T) {
	tr := load(t)
	tests, fuzz := map[string]bool{}, map[string]bool{}
	for _, f := range tr.files {
		for _, d := range f.syntax.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || !f.test || fd.Recv != nil {
				continue
			}
			name := f.dir + "." + fd.Name.Name
			tests[name] = true
			if strings.HasPrefix(fd.Name.Name, "Fuzz") {
				fuzz[name] = true
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(top(t), "deploy", "ATTACKS.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	seen := map[string]bool{}
	for _, row := range attackRow.FindAllStringSubmatch(text, -1) {
		id, held, named := row[1], row[3], row[4]
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		found := namedTest.FindAllString(named, -1)
		if len(found) != len(backticked.FindAllString(named, -1)) {
			t.Errorf("%s: a test is not written as `dir.TestName`: %s", id, named)
		}
		if len(found) == 0 && !strings.HasPrefix(held, "not here: ") {
			t.Errorf("%s has no test", id)
		}
	}
	for _, kind := range []struct {
		letter string
		last   int
	}{{"A", 75}, {"G", 11}, {"R", 17}, {"S", 18}} {
		for i := 1; i <= kind.last; i++ {
			if id := fmt.Sprintf("%s%02d", kind.letter, i); !seen[id] {
				t.Errorf("%s is missing", id)
			}
		}
	}
	for _, m := range namedTest.FindAllStringSubmatch(text, -1) {
		name := m[1] + "." + m[2]
		if !tests[name] {
			t.Errorf("%s does not exist", name)
		}
		delete(fuzz, name)
	}
	for name := range fuzz {
		t.Errorf("the table does not name %s", name)
	}
}
