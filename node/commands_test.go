package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/cli"
)

const labour = "clinic/register/testdata/labour-2567.csv"

func (o *operator) nothingThere() {
	o.T.Helper()
	if left, _ := os.ReadDir(o.Dir); len(left) > 0 {
		o.T.Fatalf("a command that needs no server left %v", left)
	}
}

func TestImportWithoutServer(t *testing.T) {
	o := newOperator(t)
	text := o.File("note.txt", "ไม่ใช่ทะเบียน")
	for _, args := range [][]string{{"import"}, {"import", labour, labour}, {"import", "--dry-run"}, {"import", "--dry-run", "absent.csv"},
		{"import", "--dry-run", t.TempDir()}, {"import", "--dry-run", text}, {"import", labour}} {
		o.Run(cli.ExitUsage, args...)
	}
	var thai bytes.Buffer
	if got := o.Shell(io.Discard, &thai, "th").Execute(t.Context(), []string{"import", "--dry-run", "absent.csv"}); got != cli.ExitUsage || !strings.Contains(thai.String(), "เปิดไฟล์นี้ไม่ได้") {
		t.Errorf("%d %s", got, thai.String())
	}
	o.Run(cli.ExitNoInit, "import", labour, "--as", "mali")
	var plan struct {
		Rows, Import, Queue, Refuse int
		Records                     []map[string]any
	}
	o.Read(&plan, cli.ExitOK, "import", "--dry-run", labour)
	if plan.Rows != 180 || len(plan.Records) != 180 || plan.Import+plan.Queue+plan.Refuse != 180 || plan.Queue == 0 {
		t.Errorf("%d rows, %d records, %d + %d + %d", plan.Rows, len(plan.Records), plan.Import, plan.Queue, plan.Refuse)
	}
	out, _ := o.Run(cli.ExitOK, "import", "--dry-run", labour)
	if !strings.Contains(out, "180 rows read") || strings.Contains(out, "โซ วิน") || strings.Contains(out, "imports.") {
		t.Errorf("the plan in words:\n%s", out)
	}
	o.nothingThere()
}

// TestImport takes a register in beside a running server, twice.
func TestImport(t *testing.T) {
	o := newOperator(t)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	for login, role := range map[string]string{"mali": "supervisor", "gone": "supervisor", "nok": "caseworker"} {
		o.Run(cli.ExitOK, "user", "add", login, "--name", "คนทำงาน สาธิต", "--role", role)
	}
	o.Run(cli.ExitOK, "user", "disable", "gone")
	defer o.Serve()()
	o.Run(cli.ExitFailed, "import", labour, "--as", "nobody")
	o.Run(cli.ExitUsage, "import", "absent.csv", "--as", "mali")
	for _, login := range []string{"nok", "gone", "admin"} {
		if _, errs := o.Run(cli.ExitCheck, "import", labour, "--as", login); !strings.Contains(errs, "may not import") {
			t.Errorf("%s: %s", login, errs)
		}
	}
	var first, second struct {
		ID, State                           string
		Rows, Taken, Already, Queue, Refuse int
	}
	o.Read(&first, cli.ExitPartial, "import", labour, "--as", "mali")
	if first.State != "done" || first.Rows != 180 || first.Taken == 0 || first.Queue == 0 || first.Already != 0 ||
		first.Taken+first.Queue+first.Refuse != first.Rows {
		t.Errorf("the first import: %+v", first)
	}
	if out, _ := o.Run(cli.ExitOK, "import", labour, "--as", "mali"); !strings.Contains(out, "180 rows read: 0 taken in") {
		t.Errorf("the second import:\n%s", out)
	}
	o.Read(&second, cli.ExitOK, "import", labour, "--as", "MALI")
	if second.ID == first.ID || second.Taken != 0 || second.Already == 0 || second.Already+second.Queue+second.Refuse != second.Rows {
		t.Errorf("the third import: %+v", second)
	}
	if n := o.acts()["command.import"]; n != 7 { // every try in somebody's name, the refused ones too
		t.Errorf("%d imports on the ledger", n)
	}
	o.Run(cli.ExitOK, "doctor")
}

// TestRulesAsFiles drafts a version of the organisation's own rules from a file, beside a
// running server, and gives it back as the same file.
func TestRulesAsFiles(t *testing.T) {
	o := newOperator(t)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	for login, role := range map[string]string{"mali": "supervisor", "nok": "caseworker"} {
		o.Run(cli.ExitOK, "user", "add", login, "--name", "คนทำงาน สาธิต", "--role", role)
	}
	defer o.Serve()()
	const head = "name,who,purpose,field,form,when,reason\n"
	good := o.File("rules.csv", head+"own_1,*,referral,referral/subject/place,*,true,\"หมู่บ้านเล็ก, คนรู้จักกันหมด\"\n")
	o.Run(cli.ExitUsage, "rules", "import", good)
	o.Run(cli.ExitUsage, "rules", "import", "absent.csv", "--as", "mali", "--note", "ลอง")
	o.Run(cli.ExitUsage, "rules", "import", good, "--as", "mali") // no reason is given
	o.Run(cli.ExitFailed, "rules", "import", good, "--as", "nobody", "--note", "ลอง")
	o.Run(cli.ExitCheck, "rules", "import", good, "--as", "nok", "--note", "ลอง")
	for body, want := range map[string]string{
		head + "own_1,role:everyone,referral,referral/subject/place,*,true,ลอง\n":   "Line 2: this is no rule; look at the column \"who\"",
		head + "# ว่าง\nown_1,*,sale,referral/subject/place,*,true,ลอง\n":           "Line 3: this is no rule; look at the column \"purpose\"",
		head + "own_1,*,referral,referral/nothing,*,true,ลอง\n":                     "column \"field\"",
		head + "own_1,*,referral,referral/subject/place,*,r.ctx.Weather >= 2,ลอง\n": "column \"when\"",
		head + "own_1,*,referral\n": "Line 2 cannot be read",
	} {
		if _, errs := o.Run(cli.ExitUsage, "rules", "import", o.File("bad.csv", body), "--as", "mali", "--note", "ลอง"); !strings.Contains(errs, want) {
			t.Errorf("%q does not say %q", errs, want)
		}
	}
	var made struct {
		Version, Rules int
		State          string
	}
	o.Read(&made, cli.ExitOK, "rules", "import", good, "--as", "mali", "--note", "หมู่บ้านเล็ก")
	if made.Version != 1 || made.Rules != 1 || made.State != "draft" { // the refused ones have drafted nothing
		t.Errorf("%+v", made)
	}
	o.Run(cli.ExitFailed, "rules", "export", "--as", "nok") // none is in force
	out, _ := o.Run(cli.ExitOK, "rules", "export", "--version", "1", "--as", "mali")
	if !strings.Contains(out, "# version 1\n"+head+"own_1,*,referral,referral/subject/place,*,true,\"หมู่บ้านเล็ก, คนรู้จักกันหมด\"\n") {
		t.Errorf("given back as\n%s", out)
	}
	o.Read(&made, cli.ExitOK, "rules", "import", o.File("again.csv", out), "--as", "mali", "--note", "อีกครั้ง")
	if made.Version != 2 || made.Rules != 1 {
		t.Errorf("taken again: %+v", made)
	}
}

func TestRedact(t *testing.T) {
	o := newOperator(t)
	for name, body := range map[string]string{"utf16": "\x01\x0e2\x0e \x00", "windows-874": "\xb9\xd2\xc2", "nul": "a\x00b", "long": strings.Repeat("ก", 2<<20)} {
		if out, _ := o.Run(cli.ExitUsage, "redact", o.File(name, body)); out != "" {
			t.Errorf("%s came out: %q", name, out)
		}
	}
	for _, args := range [][]string{{"redact", "absent.txt"}, {"redact", "a", "b"}, {"redact", t.TempDir()}, {"redact", "-", "--known", "absent.txt"}} {
		o.Run(cli.ExitUsage, args...)
	}
	o.In = "นายสมชาย ใจสาธิต โทร 081-000-1234\nพบที่บ้านห้วยสาธิตหนึ่ง"
	out, errs := o.Run(cli.ExitOK, "redact")
	if strings.Contains(out, "สมชาย") || strings.Contains(out, "1234") || !strings.Contains(out, "[โทรศัพท์]\n") || !strings.Contains(errs, "read it before") {
		t.Errorf("%s%s", out, errs)
	}
	var r struct {
		Text    string
		Removed []struct {
			Start, End int
			Kind, By   string
		}
	}
	o.Read(&r, cli.ExitOK, "redact", "-", "--known", o.File("known.txt", "ห้วยสาธิตหนึ่ง\n"))
	known := false
	for _, x := range r.Removed {
		known = known || x.By == "known" && strings.Contains(o.In[x.Start:x.End], "ห้วยสาธิตหนึ่ง")
	}
	if !known || strings.Contains(r.Text, "ห้วยสาธิต") {
		t.Errorf("%+v", r)
	}
	file, _ := o.Run(cli.ExitOK, "redact", o.File("case.txt", o.In))
	if file != out {
		t.Errorf("a file answers %q, standard input %q", file, out)
	}
	o.nothingThere()
}

func TestPolicyCommands(t *testing.T) {
	o := newOperator(t)
	const stop = "no_place,*,referral,referral/subject/place,*,true,deny\n"
	allow := o.File("allow.csv", "more,role:full,referral,referral/subject/place,full,true,allow\n")
	broken := o.File("broken.csv", "a,\"b\nc,d")
	short := o.File("short.csv", "a,b,c\n")
	for _, args := range [][]string{{"policy", "bogus"}, {"policy", "explain"}, {"policy", "diff"}, {"policy", "diff", "absent.csv"},
		{"policy", "diff", t.TempDir()}, {"policy", "test", "--rows", allow}, {"policy", "lint", "--rows", broken}, {"policy", "matrix", "--rows", short}} {
		o.Run(cli.ExitUsage, args...)
	}
	own := o.File("own.csv", "# ours\n"+stop)
	idle := o.File("idle.csv", "never,*,feedback,referral/person/phone,*,true,deny\n")
	if out, _ := o.Run(cli.ExitCheck, "policy", "test", "--rows", own); !strings.Contains(out, "referral/subject/place") {
		t.Errorf("test with a rule that is too strict:\n%s", out)
	}
	if out, _ := o.Run(cli.ExitCheck, "policy", "lint", "--rows", idle); !strings.Contains(out, "never matches\n    never,") {
		t.Errorf("lint with an idle rule:\n%s", out)
	}
	o.Run(cli.ExitOK, "policy", "test")
	o.Run(cli.ExitOK, "policy", "lint")
	var e struct {
		Known, Special bool
		Class          string
		Deny, Allow    []string
	}
	o.Read(&e, cli.ExitOK, "policy", "explain", "no/such/field")
	if e.Known || e.Class != "A" || len(e.Allow) != 0 {
		t.Errorf("an unknown field: %+v", e)
	}
	o.Read(&e, cli.ExitOK, "policy", "explain", "referral/subject/place", "--rows", own)
	if !e.Known || e.Class != "C" || len(e.Allow) == 0 || !strings.HasPrefix(e.Deny[len(e.Deny)-1], "no_place") {
		t.Errorf("%+v", e)
	}
	var changes []struct {
		Audience, Field string
		Allows          bool
		Example         struct{ Consent int }
	}
	o.Read(&changes, cli.ExitOK, "policy", "diff", own)
	if len(changes) == 0 || changes[0].Allows || changes[0].Field != "referral/subject/place" || changes[0].Example.Consent < 2 {
		t.Errorf("%+v", changes)
	}
	if out, _ := o.Run(cli.ExitOK, "policy", "diff", own, "--rows", own); out != "0 changes\n" {
		t.Errorf("rows against themselves: %s", out)
	}
	var rows []struct {
		Field string
		Forms map[string]string
	}
	o.Read(&rows, cli.ExitOK, "policy", "matrix", "--rows", own)
	for _, r := range rows {
		if r.Field == "referral/subject/place" && r.Forms["full"] != "withheld" || r.Field == "referral/person/phone" && r.Forms["full"] != "withheld" {
			t.Errorf("%+v", r)
		}
	}
	if out, _ := o.Run(cli.ExitOK, "policy", "matrix"); !strings.HasPrefix(out, "field ") || !strings.Contains(out, "referral/subject/place") {
		t.Errorf("matrix:\n%s", out)
	}
	o.nothingThere()
}

// The organisation's own rows are read at the start, and a file that holds none
// keeps the server from starting without them.
func TestOwnRows(t *testing.T) {
	o := newOperator(t)
	o.Run(cli.ExitOK, "init", "--base-url", o.Base)
	for content, want := range map[string]string{
		"own_loosens,role:full,referral,referral/**,full,true,allow\n": "The rows are not rules",
		"a,b\n":          "The rows are not rules",
		"\"unfinished\n": "no CSV",
	} {
		if _, errs := o.Run(cli.ExitUsage, "serve", "--policy.rows", o.File("rows.csv", content)); !strings.Contains(errs, want) {
			t.Errorf("%q: %s", content, errs)
		}
	}
	o.Run(cli.ExitUsage, "serve", "--policy.rows", "no-such-file.csv")
	o.Env = append(o.Env, "SAPHAN_NODE_POLICY_ROWS="+o.File("rows.csv", "own_no_place,*,referral,referral/subject/place,*,true,deny\n"))
	o.Serve()()
}
