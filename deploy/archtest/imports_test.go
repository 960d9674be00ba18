package archtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// only says that nothing but the named folders may import a package (tests included).
var only = []struct {
	pkg, why string
	may      []string
}{
	{"github.com/go-fed/activity", "its transport and side effects have known defects; one package keeps them out of reach", []string{"federation/gofed"}},
	{"github.com/go-fed/httpsig", "signatures are checked in one place", []string{"federation/sign"}},
	{"github.com/gowebpki/jcs", "it is lenient; what it is given was read strictly before", []string{"federation/proof"}},
	{"github.com/casbin/casbin/v2", "casbin fails open in a dozen ways when it is used naked", []string{"policies"}},
	{"github.com/gin-gonic/gin", "pages are the edge; nothing inside knows the web framework",
		[]string{"node/internal/site", "hub/internal/site", "web/ginweb", "web/staffweb", "web/storybook", "node/app", "hub/app"}},
	{"gorm.io/gorm", "rows stay in stores", []string{"node/internal/store", "hub/internal/store", "node/chassis", "federation/mailbox"}},
	{"gorm.io/driver/postgres", "everything that differs between the two databases is in one package", []string{"node/chassis/database"}},
	{"github.com/ncruces/go-sqlite3", "everything that differs between the two databases is in one package", []string{"node/chassis/database", "node/chassis/backup"}},
	{"github.com/xuri/excelize/v2", "file formats are read at the edge", []string{"node/internal/exchange", "web/document"}},
}

// pure lists the folders that may import the standard library and the named packages only.
var pure = []struct {
	dir, why string
	may      []string
}{
	{"federation", "the published language is values, not machinery", []string{"federation/opaque", "federation/fault", "federation/vocabulary"}},
	{"federation/vocabulary", "codes and labels are data", nil},
	{"federation/fault", "errors are everybody's", nil},
	{"federation/opaque", "identifiers are everybody's", nil},
	{"policies/counts", "figures are made without knowing where they come from or go to", []string{"federation/fault", "federation/vocabulary"}},
	{"policies/second", "a second opinion is worth something only if it shares nothing with the first", nil},
	{"node/clinic", "the domain knows no database, page or wire",
		[]string{"node/clinic", "federation/fault", "federation/opaque", "federation/vocabulary"}},
}

// never lists arrows that must not exist (code that ships; tests may cross for end-to-end stories).
var never = []struct {
	from, to, why string
	except        []string
}{
	{"node/internal/site", "node/internal/store", "a page asks a service", nil},
	{"node/internal/site", "policies", "a page never decides", nil},
	{"node/internal/site", "federation/mailbox", "a page asks a service", nil},
	{"node/internal/site", "federation/gofed", "a page never touches the wire", nil},
	{"node/internal/site", "node/chassis/database", "no SQL in handlers", nil},
	{"hub/internal/site", "hub/internal/store", "a page asks a service", nil},
	{"hub/internal/site", "policies", "a page never decides", nil},
	{"hub/internal/site", "node/chassis/database", "no SQL in handlers", nil},
	{"node/internal/store", "web", "rows know no pages", nil},
	{"hub/internal/store", "web", "rows know no pages", nil},
	{"federation", "web", "the wire knows no pages", nil},
	{"federation", "node/internal", "servers stand on the wire, not the other way round", nil},
	{"federation", "node/clinic", "servers stand on the wire, not the other way round", nil},
	{"policies", "node/internal", "the gate stands alone", nil},
	{"policies", "web", "the gate stands alone", nil},
	{"policies", "federation/delivery", "delivery asks the gate, not the other way round", nil},
	{"web", "node/internal", "pages are plain structs", []string{"web/storybook"}},
	{"web", "federation/mailbox", "pages are plain structs", nil},
	{"web", "policies", "pages are plain structs", nil},
	{"node/chassis", "node/internal", "the chassis carries both servers", nil},
	{"node/chassis", "web", "the chassis carries both servers", nil},
	{"hub", "node/internal", "the hub is not a member", nil},
	{"hub", "node/app", "the hub is not a member", nil},
	{"node", "hub", "a member does not need the hub's code", nil},
}

func TestOnly(t *testing.T) {
	tr := load(t)
	for _, r := range only {
		used := false
		for _, f := range tr.files {
			for _, im := range f.imports {
				if !under(im, r.pkg) {
					continue
				}
				used = true
				if !under(f.dir, r.may...) {
					t.Errorf("%s imports %s, which only %s may: %s", f.path, im, strings.Join(r.may, ", "), r.why)
				}
			}
		}
		if !used {
			t.Errorf("nothing imports %s any more: the rule is empty", r.pkg)
		}
	}
}

func TestPure(t *testing.T) {
	tr := load(t)
	for _, r := range pure {
		found := false
		for _, f := range tr.files {
			here := f.dir == r.dir || (strings.Contains(r.dir, "/") && under(f.dir, r.dir))
			if !here || f.test {
				continue
			}
			found = true
			for _, im := range f.imports {
				own, inside := strings.CutPrefix(im, module)
				std := !strings.Contains(strings.SplitN(im, "/", 2)[0], ".")
				if !std && (!inside || !under(own, r.may...)) {
					t.Errorf("%s imports %s: %s", f.path, im, r.why)
				}
			}
		}
		if !found {
			t.Errorf("the package %s has gone: the rule is empty", r.dir)
		}
	}
}

func TestNever(t *testing.T) {
	tr := load(t)
	for _, r := range never {
		found := false
		for _, f := range tr.files {
			if !under(f.dir, r.from) || f.test {
				continue
			}
			found = true
			if under(f.dir, r.except...) {
				continue
			}
			for _, im := range f.imports {
				if own, ok := strings.CutPrefix(im, module); ok && under(own, r.to) {
					t.Errorf("%s imports %s: %s", f.path, own, r.why)
				}
			}
		}
		if !found && exists(t, r.from) {
			t.Errorf("nothing is under %s any more: the rule is empty", r.from)
		}
	}
}

// exists reports whether a room has been built; the walls of one that has not are only announced.
func exists(t *testing.T, dir string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(top(t), filepath.FromSlash(dir)))
	if err != nil {
		t.Logf("%s is not built yet", dir)
	}
	return err == nil
}

// TestTop holds the fixed top level.
func TestTop(t *testing.T) {
	want := map[string]bool{}
	for _, n := range strings.Fields("hub node federation policies web deploy go.mod go.sum README.md LICENSE ARCHITECTURE.md FEDERATION.md SECURITY.md CONTRIBUTING.md") {
		want[n] = true
	}
	entries, err := os.ReadDir(top(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !want[e.Name()] && !strings.HasPrefix(e.Name(), ".") && e.Name() != "demo-data" {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
		delete(want, e.Name())
	}
	for n := range want {
		t.Errorf("%s is missing at the top level", n)
	}
	if _, err := os.Stat(filepath.Join(top(t), ".ci", "run")); err != nil {
		t.Error(err)
	}
}
