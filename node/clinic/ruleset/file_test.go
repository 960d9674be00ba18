package ruleset_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
)

const head = "name,who,purpose,field,form,when,reason\n"

const good = "own_1,*,referral,referral/subject/place,*,true,หมู่บ้านเล็ก\n"

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file, key, line string
	}{
		"nothing":               {"", "rules.file.head", ""},
		"other columns":         {"name,who\n", "rules.file.head", ""},
		"columns in disorder":   {"who,name,purpose,field,form,when,reason\n", "rules.file.head", ""},
		"a column more":         {head + good + "own_2,*,referral,referral/kind,*,true,เหตุผล,deny\n", "rules.file.line", "3"},
		"a quote left open":     {head + good + "own_2,*,referral,referral/kind,*,true,\"เหตุผล\n", "rules.file.line", "3"},
		"no reason":             {head + "# เว้น\n" + good + "own_2,*,referral,referral/kind,*,true,  \n", "rules.file.reason", "4"},
		"a reason too long":     {head + "own_1,*,referral,referral/kind,*,true," + strings.Repeat("ก", 301) + "\n", "rules.file.reason", "2"},
		"a name twice":          {head + good + good, "rules.file.name", "3"},
		"a name of the floor":   {head + "floor_never,*,referral,referral/kind,*,true,เหตุผล\n", "rules.file.name", "2"},
		"too many":              {head + many(101), "rules.error.many", ""},
		"too long":              {head + strings.Repeat("#", ruleset.MaxFile), "rules.file.large", ""},
		"not UTF-8":             {head + "own_1,\xff\n", "rules.file.text", ""},
		"a NUL":                 {head + "own_1,*,referral,referral/kind,*,true,ก\x00\n", "rules.file.text", ""},
		"UTF-16":                {"\xff\xfen\x00a\x00", "rules.file.text", ""},
		"a byte order mark":     {"\ufeff" + head + good, "rules.file.head", ""},
		"semicolons for commas": {strings.ReplaceAll(head+good, ",", ";"), "rules.file.head", ""},
	} {
		_, _, err := ruleset.Read(strings.NewReader(c.file))
		if f := fault.As(err); err == nil || f.Key != c.key || c.line != "" && f.Args["line"] != c.line {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(good, "own_1", "own_"+strconv.Itoa(i+1), 1))
	}
	return b.String()
}

func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{head, head + good, head + "# x\n\"own_1\",*,referral,a/b,*,\"true\",\"ก \"\"ข\"\"\n", "\ufeff" + head, head + "own_1,\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, lines, err := ruleset.Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if len(lines) != len(rows) || len(rows) > ruleset.MaxRows {
			t.Fatalf("%d rows on %d lines", len(rows), len(lines))
		}
		var out bytes.Buffer
		if err := ruleset.Write(&out, ruleset.Version{Number: 1, Rows: rows}); err != nil {
			t.Fatal(err)
		}
		again, _, err := ruleset.Read(&out)
		if diff := cmp.Diff(rows, again); err != nil || diff != "" {
			t.Fatalf("written and read again: %v %s", err, diff)
		}
	})
}
