package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// logging lists the rooms whose logs carry no value.
var logging = []string{"hub", "node", "federation", "policies", "web"}

// TestLogsCarryNoValue: a log takes texts, numbers, times, and of an error its
// label. A database quotes what was typed, an address holds what was looked for,
// a struct prints all that is in it.
func TestLogsCarryNoValue(t *testing.T) {
	tr := load(t)
	find := exports(t)
	rooms := map[string][]*ast.File{}
	for _, f := range tr.files {
		if !f.test && under(f.dir, logging...) {
			rooms[f.dir] = append(rooms[f.dir], f.syntax)
		}
	}
	calls := 0
	for dir, files := range rooms {
		if !slices.ContainsFunc(files, mayLog) {
			continue
		}
		n, bad := judge(t, tr.fset, module+dir, files, find)
		calls += n
		for at, what := range bad {
			t.Errorf("%s: %s", tr.fset.Position(at), what)
		}
	}
	if calls < 15 {
		t.Errorf("only %d calls of a log found: the rule is empty", calls)
	}
}

// TestLogRuleFinds shows that the rule sees each way around it.
func TestLogRuleFinds(t *testing.T) {
	find := exports(t)
	for line, want := range map[string]int{
		`l.Info("x", "n", 1, "d", time.Second, "at", time.Now(), "k", string(fault.KindOf(err)))`: 0,
		`l.With("a", fault.Label(err)).Warn("x", "b", true)`:                                      0,
		`l.LogAttrs(nil, slog.LevelInfo, "x", slog.String("a", fault.Label(err)))`:                0,
		`l.Info("x", "err", err)`:                                1,
		`l.With("err", err).Info("x")`:                           1,
		`slog.Info("x", "err", err)`:                             1,
		`l.Info("x", "err", err.Error())`:                        1,
		`l.Info(fmt.Sprint("x", err))`:                           1,
		`l.Info("x", slog.Any("err", err))`:                      1,
		`l.LogAttrs(nil, 0, "x", slog.String("a", err.Error()))`: 1,
		`text := err.Error(); l.Info("x", "err", text)`:          1,
		`text := fmt.Sprint(err); l.Info(text)`:                  1,
		`l.Info("x", "what", recover())`:                         1,
		`l.Info("x", "row", struct{ Name string }{"y"})`:         1,
		`l.Info("x", "all", []string{"y"})`:                      1,
		`l.Info("x", list...)`:                                   1,
		`log.Println("x")`:                                       1,
		`_ = slog.NewLogLogger(l.Handler(), 0)`:                  1,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", "package p\nimport (\"fmt\"; \"log\"; \"log/slog\"; \"time\"; \""+module+"federation/fault\")\n"+
			"var _, _, _, _ = fmt.Sprint, log.Println, time.Now, fault.Label\nfunc p(l *slog.Logger, err error, list []any) {\n"+line+"\n}", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if _, bad := judge(t, fset, "p", []*ast.File{f}, find); len(bad) != want {
			t.Errorf("%s: found %d, want %d: %v", line, len(bad), want, bad)
		}
	}
}

// mayLog reports whether a file names something like a log, so that only few packages need their types.
func mayLog(f *ast.File) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && (strings.EqualFold(id.Name, "log") || id.Name == "slog" || strings.EqualFold(id.Name, "logger"))
		return !found
	})
	return found
}

// judge returns how many calls of a log there are, and what is wrong at which place.
func judge(t *testing.T, fset *token.FileSet, name string, files []*ast.File, find types.Importer) (calls int, bad map[token.Pos]string) {
	t.Helper()
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: find}
	if _, err := conf.Check(name, fset, files, info); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v := view{info, map[types.Object]bool{}}
	bad = map[token.Pos]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				v.remember(n)
			case *ast.CallExpr:
				name := v.callee(n)
				if (strings.HasPrefix(name, "log.") && name != "log.New") || name == "log/slog.NewLogLogger" {
					bad[n.Pos()] = "texts of others go into the log"
				}
				if !isLog(name) {
					return true
				}
				calls++
				if n.Ellipsis.IsValid() {
					bad[n.Ellipsis] = "a log's values are written where they are logged, not in a list"
					return true
				}
				for _, a := range n.Args {
					if what := v.wrong(a); what != "" {
						bad[a.Pos()] = what
					}
				}
			}
			return true
		})
	}
	return calls, bad
}

// view answers what a piece of code is.
type view struct {
	info  *types.Info
	texts map[types.Object]bool // variables that hold the text of an error
}

// remember notes a variable that is given the text of an error.
func (v view) remember(as *ast.AssignStmt) {
	if len(as.Lhs) != len(as.Rhs) {
		return
	}
	for i, r := range as.Rhs {
		id, ok := as.Lhs[i].(*ast.Ident)
		call, isCall := r.(*ast.CallExpr)
		if !ok || !isCall || v.wrong(call) == "" {
			continue
		}
		if name := v.callee(call); strings.HasPrefix(name, "fmt.Sprint") || strings.HasSuffix(name, ".Error") {
			v.texts[v.info.ObjectOf(id)] = true
		}
	}
}

// wrong says why a log may not take a value, or nothing.
func (v view) wrong(a ast.Expr) string {
	if call, ok := a.(*ast.CallExpr); ok && isLog(v.callee(call)) {
		return "" // slog.String and the like are judged on their own
	}
	what := ""
	ast.Inspect(a, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && slices.Contains(labels, v.callee(call)) {
			return false
		}
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if id, ok := e.(*ast.Ident); ok && v.texts[v.info.ObjectOf(id)] {
			what = "the text of an error may quote values: log fault.Label of it"
		}
		if tv := v.info.Types[e]; tv.IsValue() && !tv.IsNil() && types.Implements(tv.Type, errorType) {
			what = "an error may quote values: log fault.Label of it"
		}
		return true
	})
	if tv := v.info.Types[a]; what == "" && !simple(tv) {
		what = "a " + tv.Type.String() + " may hold anything: log texts, numbers and times"
	}
	return what
}

// labels are the functions that make of an error a word from a closed list.
var labels = []string{module + "federation/fault.Label", module + "federation/fault.KindOf", module + "federation/sign.Reason"}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

func (v view) callee(call *ast.CallExpr) string {
	var id *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return ""
	}
	if f, ok := v.info.Uses[id].(*types.Func); ok {
		return f.FullName()
	}
	return ""
}

// isLog reports whether the arguments of a function come to the log.
func isLog(name string) bool {
	method, ok := strings.CutPrefix(name, "(*log/slog.Logger).")
	if ok {
		return method != "Handler" && method != "Enabled"
	}
	name, ok = strings.CutPrefix(name, "log/slog.")
	return ok && !strings.HasPrefix(name, "New") && !strings.Contains(name, "Default") && !strings.HasPrefix(name, "(")
}

// simple reports whether a value prints as itself and nothing more.
func simple(tv types.TypeAndValue) bool {
	if tv.IsNil() {
		return true
	}
	switch tv.Type.String() {
	case "time.Time", "log/slog.Attr", "context.Context":
		return true
	}
	_, ok := tv.Type.Underlying().(*types.Basic)
	return ok
}
