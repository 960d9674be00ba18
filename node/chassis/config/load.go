package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/saphan-network/saphan/node/chassis/say"
)

// UsageCode is the exit code of a command whose settings cannot be accepted.
const UsageCode = 2

// Where a value came from.
const (
	FromDefault    = "default"
	FromFile       = "file"
	FromCredential = "credential"
	FromEnvFile    = "environment file"
	FromEnv        = "environment"
	FromFlag       = "flag"
)

// Inputs is everything that Load looks at.
type Inputs struct {
	Flags map[string]string // by setting name, only those given
	Env   []string          // NAME=value, as os.Environ
	File  string            // path of the TOML file; "" for none
}

// value is one setting's value and its source.
type value struct{ text, source string }

// Load reads all settings of the spec. A file that is not there, a name that is
// not declared and a value that does not fit are *say.Error with UsageCode.
func (p Spec) Load(in Inputs) (Values, error) {
	v := Values{spec: p, set: map[string]value{}, File: in.File}
	for _, s := range p.Settings {
		v.set[s.Name] = value{s.Default, FromDefault}
	}
	if err := p.fromFile(in.File, v); err != nil {
		return Values{}, err
	}
	if err := p.fromEnv(in.Env, v); err != nil {
		return Values{}, err
	}
	for name, t := range in.Flags {
		if _, ok := v.set[name]; !ok {
			return Values{}, p.unknown(name, FromFlag)
		}
		v.set[name] = value{t, FromFlag}
	}
	dir := v.set["data_dir"].text
	for name, x := range v.set {
		x.text = strings.ReplaceAll(x.text, "{data_dir}", dir)
		v.set[name] = x
	}
	return v, p.check(v)
}

func (p Spec) fromFile(path string, v Values) error {
	if path == "" {
		return nil
	}
	var doc map[string]any
	if _, err := toml.DecodeFile(path, &doc); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return say.Fail(10, say.Text{TH: "ไม่พบไฟล์ตั้งค่า %s เริ่มด้วยคำสั่ง init", EN: "There is no configuration file %s; begin with init"}.With(path), nil)
		}
		var pe toml.ParseError
		if errors.As(err, &pe) { // its text would quote the line, which may hold a password
			return say.Fail(UsageCode, say.Text{TH: "อ่านไฟล์ตั้งค่า %s ไม่ได้ที่บรรทัด %d", EN: "The configuration file %s cannot be read at line %d"}.With(path, pe.Position.Line), nil)
		}
		return say.Fail(UsageCode, say.Text{TH: "เปิดไฟล์ตั้งค่า %s ไม่ได้", EN: "The configuration file %s cannot be opened"}.With(path), err)
	}
	flat := map[string]string{}
	if err := flatten("", doc, flat); err != nil {
		return err
	}
	for name, t := range flat {
		if _, ok := v.set[name]; !ok {
			return p.unknown(name, FromFile)
		}
		v.set[name] = value{t, FromFile}
	}
	return nil
}

func flatten(prefix string, doc map[string]any, out map[string]string) error {
	for k, x := range doc {
		name := prefix + k
		switch x := x.(type) {
		case map[string]any:
			if err := flatten(name+".", x, out); err != nil {
				return err
			}
		case []any:
			parts := make([]string, len(x))
			for i, e := range x {
				parts[i] = fmt.Sprint(e)
			}
			out[name] = strings.Join(parts, ",")
		case string, bool, int64:
			out[name] = fmt.Sprint(x)
		default:
			return invalid(name, FromFile, say.Text{TH: "ต้องเป็นข้อความ ตัวเลข หรือ true/false", EN: "must be a text, a number or true/false"})
		}
	}
	return nil
}

func (p Spec) fromEnv(env []string, v Values) error {
	given := map[string]string{}
	for _, e := range env {
		if k, t, ok := strings.Cut(e, "="); ok {
			given[k] = t
		}
	}
	known := map[string]bool{}
	for _, s := range p.Settings {
		name := p.Env(s)
		known[name] = true
		if err := fromCredential(given["CREDENTIALS_DIRECTORY"], s, v); err != nil {
			return err
		}
		if s.Secret {
			known[name+"_FILE"] = true
			if f := given[name+"_FILE"]; f != "" {
				t, err := secret(f, s.Name)
				if err != nil {
					return err
				}
				v.set[s.Name] = value{t, FromEnvFile}
			}
		}
		if t, ok := given[name]; ok {
			v.set[s.Name] = value{t, FromEnv}
		}
	}
	known[p.Prefix+"CONFIG"] = true
	names := make([]string, 0, len(given))
	for k := range given {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		if strings.HasPrefix(k, p.Prefix) && !known[k] {
			return p.unknown(k, FromEnv)
		}
	}
	return nil
}

// fromCredential takes what systemd's LoadCredential= put into its folder under
// the setting's name: the value of a secret, the place of a key file.
func fromCredential(dir string, s Setting, v Values) error {
	if dir == "" || !s.Secret && !strings.HasSuffix(s.Name, ".key_file") {
		return nil
	}
	file := filepath.Join(dir, s.Name)
	if _, err := os.Stat(file); err != nil {
		return nil // not handed over
	}
	t := file
	if s.Secret {
		var err error
		if t, err = secret(file, s.Name); err != nil {
			return err
		}
	}
	v.set[s.Name] = value{t, FromCredential}
	return nil
}

func secret(file, name string) (string, error) {
	b, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return "", say.Fail(UsageCode, say.Text{TH: "อ่านไฟล์ความลับของ %s ไม่ได้", EN: "The secret file of %s cannot be read"}.With(name), err)
	}
	return strings.TrimSpace(string(b)), nil
}

func (p Spec) unknown(name, source string) error {
	t := say.Text{TH: "ไม่รู้จักการตั้งค่า %s (%s)", EN: "There is no setting %s (%s)"}.With(name, source)
	best, distance := "", 1+len(name)/3
	for _, s := range p.Settings {
		for _, c := range []string{s.Name, p.Env(s)} {
			if d := apart(name, c); d < distance {
				best, distance = c, d
			}
		}
	}
	if best != "" {
		t.TH, t.EN = t.TH+" หมายถึง "+best+" หรือไม่", t.EN+"; did you mean "+best+"?"
	}
	return say.Fail(UsageCode, t, nil)
}

// apart is the number of single letters to change between two names.
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func invalid(name, source string, why say.Text) error {
	return say.Fail(UsageCode, say.Text{TH: "การตั้งค่า " + name + " (" + source + ") " + why.TH, EN: "The setting " + name + " (" + source + ") " + why.EN}, nil)
}

func (p Spec) check(v Values) error {
	for _, s := range p.Settings {
		x := v.set[s.Name]
		if len(s.Choices) > 0 && !slices.Contains(s.Choices, x.text) {
			all := strings.Join(s.Choices, ", ")
			return invalid(s.Name, x.source, say.Text{TH: "ต้องเป็นหนึ่งใน " + all, EN: "must be one of " + all})
		}
		if why, ok := fits(s, x.text); !ok {
			return invalid(s.Name, x.source, why)
		}
	}
	return nil
}
