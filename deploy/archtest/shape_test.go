package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestSizes keeps files, functions and interfaces small enough to be read at once.
func TestSizes(t *testing.T) {
	tr := load(t)
	for _, f := range tr.files {
		if most := 400; f.lines > most && !(f.test && f.lines <= 500) { // a table of cases may be a little longer than code
			t.Errorf("%s has %d lines, more than %d", f.path, f.lines, most)
		}
		if strings.Contains(f.path, "_fixtures.go") {
			continue // a page's sample data is one long literal
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch d := n.(type) {
			case *ast.FuncDecl:
				if d.Body == nil {
					return true
				}
				if n := tr.fset.Position(d.End()).Line - tr.fset.Position(d.Pos()).Line + 1; n > 80 && !f.test {
					t.Errorf("%s: %s has %d lines, more than 80", f.path, d.Name.Name, n)
				}
			case *ast.InterfaceType:
				if n := d.Methods.NumFields(); n > 8 && f.dir != "federation/gofed" { // go-fed's generated types have dozens of accessors
					t.Errorf("%s: an interface with %d methods, more than 8", f.path, n)
				}
			}
			return true
		})
	}
}

// TestDocs wants a true sentence on every package and every exported name.
func TestDocs(t *testing.T) {
	tr := load(t)
	documented, vague := map[string]bool{}, regexp.MustCompile(`^(util|utils|common|helper|helpers|misc|base|shared)$`)
	for _, f := range tr.files {
		if f.test {
			continue
		}
		if f.syntax.Doc != nil {
			documented[f.dir] = true
		}
		if vague.MatchString(path.Base(f.dir)) {
			t.Errorf("%s: a package is named by what it provides", f.dir)
		}
		for _, d := range f.syntax.Decls {
			checkDoc(t, f, d)
		}
	}
	for dir := range tr.dirs {
		if !documented[dir] {
			t.Errorf("the package in %s has no doc comment", dir)
		}
	}
}

func checkDoc(t *testing.T, f source, d ast.Decl) {
	t.Helper()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || receiverExported(d)) {
			t.Errorf("%s: %s has no doc comment", f.path, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					t.Errorf("%s: %s has no doc comment", f.path, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					t.Errorf("%s: %s has no doc comment", f.path, s.Names[0].Name)
				}
			}
		}
	}
}

func receiverExported(d *ast.FuncDecl) bool {
	e := d.Recv.List[0].Type
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	if g, ok := e.(*ast.IndexExpr); ok {
		e = g.X
	}
	id, ok := e.(*ast.Ident)
	return ok && id.IsExported()
}

// forbidden lists selectors that only the named folders may use.
var forbidden = []struct {
	pkg, name, why string
	tests          bool // tests are held to it too
	may            []string
}{
	{"time", "Sleep", "waiting for luck hides races", true, nil},
	{"http", "DefaultClient", "the only outbound client is in federation/delivery", true, nil},
	{"http", "DefaultTransport", "the only outbound client is in federation/delivery", false, []string{"federation/delivery"}},
	{"http", "Get", "the only outbound client is in federation/delivery", true, nil},
	{"http", "Post", "the only outbound client is in federation/delivery", true, nil},
	{"http", "Client", "the only outbound client is in federation/delivery", false, []string{"federation/delivery", "deploy", "node/chassis/cli/clitest"}},
	{"http", "Transport", "the only outbound client is in federation/delivery", false, []string{"federation/delivery", "deploy"}},
	{"net", "Dial", "the only outbound client is in federation/delivery", false, []string{"federation/delivery", "node/chassis/cli"}},
	{"time", "Now", "domain code is given the time", false,
		[]string{"deploy", "node/app", "hub/app", "node/chassis", "federation/delivery", "federation/mailbox", "federation/fedtest", "federation/inbox", "federation/doorway", "federation/sign", "web", "node/main.go"}},
	{"template", "HTML", "nothing but the renderer may call a string safe", false, []string{"web"}},
}

func TestForbidden(t *testing.T) {
	tr := load(t)
	for _, f := range tr.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := s.X.(*ast.Ident)
			if !ok {
				return true
			}
			for _, r := range forbidden {
				if id.Name != r.pkg || s.Sel.Name != r.name || (f.test && !r.tests) || under(f.dir, r.may...) {
					continue
				}
				t.Errorf("%s: %s.%s at line %d: %s", f.path, r.pkg, r.name, tr.fset.Position(n.Pos()).Line, r.why)
			}
			return true
		})
	}
}

// TestNoInit keeps side effects out of imports.
func TestNoInit(t *testing.T) {
	tr := load(t)
	for _, f := range tr.files {
		for _, d := range f.syntax.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" {
				t.Errorf("%s has an init function: construct explicitly", f.path)
			}
		}
	}
}
