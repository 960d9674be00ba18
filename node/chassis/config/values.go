package config

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// Values are the settings of a running program, checked.
type Values struct {
	File string // the configuration file that was read; "" for none
	spec Spec
	set  map[string]value
}

// get panics for a name that is not declared: that is a mistake in the program.
func (v Values) get(name string) string {
	x, ok := v.set[name]
	if !ok {
		panic("config: no setting " + name)
	}
	return x.text
}

// Text returns a setting as it is written.
func (v Values) Text(name string) string { return v.get(name) }

// On returns a switch.
func (v Values) On(name string) bool { return v.get(name) == "true" }

// Duration returns a duration.
func (v Values) Duration(name string) time.Duration {
	d, _ := time.ParseDuration(v.get(name)) // checked by Load
	return d
}

// List returns the items of a list.
func (v Values) List(name string) []string {
	var out []string
	for _, s := range strings.Split(v.get(name), ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Source says where a setting came from.
func (v Values) Source(name string) string { return v.set[name].source }

// SQLite reports whether the database is the embedded one.
func (v Values) SQLite() bool { return !strings.HasPrefix(v.Text("database.url"), "postgres") }

// Line is a setting as Print shows it.
type Line struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Lines lists all settings in the order of their declaration. Secrets are
// shown without their secret part, always.
func (v Values) Lines() []Line {
	out := make([]Line, 0, len(v.spec.Settings))
	for _, s := range v.spec.Settings {
		x := v.set[s.Name]
		if s.Secret {
			x.text = hide(x.text)
		}
		out = append(out, Line{s.Name, x.text, x.source})
	}
	return out
}

// hide removes passwords from a database URL and hides any other secret whole.
func hide(s string) string {
	if s == "" || strings.HasPrefix(s, "sqlite:") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "(hidden)"
	}
	schema := u.Query().Get("search_path")
	out := u.Scheme + "://" + u.Host + u.Path
	if u.User != nil {
		out = u.Scheme + "://" + u.User.Username() + "@" + u.Host + u.Path
	}
	if schema != "" {
		out += "?search_path=" + schema
	}
	return out
}

// Print writes all settings with their sources, as a table or as JSON.
func (v Values) Print(w io.Writer, asJSON bool) error {
	lines := v.Lines()
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%-26s %-44q %s\n", l.Name, l.Value, l.Source); err != nil {
			return err
		}
	}
	return nil
}

// fits says whether a text can be a value of the setting, and if not, why.
func fits(s Setting, t string) (say.Text, bool) {
	switch s.Kind {
	case Switch:
		if t != "true" && t != "false" {
			return say.Text{TH: "ต้องเป็น true หรือ false", EN: "must be true or false"}, false
		}
	case Duration:
		if d, err := time.ParseDuration(t); err != nil || d < time.Minute {
			return say.Text{TH: "ต้องเป็นระยะเวลา เช่น 30m หรือ 12h อย่างน้อย 1m", EN: "must be a duration such as 30m or 12h, at least 1m"}, false
		}
	case Text, List, Path:
	}
	switch s.Name {
	case "base_url":
		return baseURL(t)
	case "listen", "admin_listen":
		if t == "" && s.Name == "admin_listen" {
			return say.Text{}, true
		}
		if _, port, err := net.SplitHostPort(t); err != nil || port == "" {
			return say.Text{TH: "ต้องเป็น ที่อยู่:พอร์ต เช่น 127.0.0.1:8080", EN: "must be address:port, such as 127.0.0.1:8080"}, false
		}
	case "data_dir", "database.url", "database.key_file", "vault.key_file":
		if t == "" {
			return say.Text{TH: "ต้องไม่ว่าง", EN: "must not be empty"}, false
		}
	case "trusted_proxies":
		for _, p := range (Values{set: map[string]value{"x": {t, ""}}}).List("x") {
			_, e1 := netip.ParsePrefix(p)
			_, e2 := netip.ParseAddr(p)
			if e1 != nil && e2 != nil {
				return say.Text{TH: "ต้องเป็น IP หรือ CIDR", EN: "must hold addresses or CIDR ranges"}, false
			}
		}
	case "backup.recipient":
		if t != "" && !strings.HasPrefix(t, "age1") {
			return say.Text{TH: "ต้องขึ้นต้นด้วย age1", EN: "must begin with age1"}, false
		}
	}
	return say.Text{}, true
}

// baseURL may be empty before init; serve asks for it. Plain HTTP is for loopback.
func baseURL(t string) (say.Text, bool) {
	why := say.Text{TH: "ต้องเป็น https://ชื่อโดเมน ตัวพิมพ์เล็ก โดยไม่มีทับท้าย (http ใช้ได้เฉพาะในเครื่อง)", EN: "must be https://host in lower case without a path (http only on loopback)"}
	if t == "" {
		return why, true
	}
	u, err := url.Parse(t)
	return why, err == nil && u.Path == "" && federation.CheckIRI(t) == nil // the identity of the server stands on it
}

// Fill sets values that init has made, as if they stood in the file.
func (v Values) Fill(name, text string) Values {
	next := Values{File: v.File, spec: v.spec, set: map[string]value{}}
	for k, x := range v.set {
		next.set[k] = x
	}
	next.set[name] = value{text, FromFile}
	return next
}

// TOML writes the settings that differ from their defaults as a configuration
// file. A secret that came from elsewhere than a file or flag stays there.
func (v Values) TOML() string {
	var b strings.Builder
	section := ""
	for _, pass := range []bool{false, true} { // plain keys first, as TOML wants
		for _, s := range v.spec.Settings {
			x := v.set[s.Name]
			head, key, nested := strings.Cut(s.Name, ".")
			if nested != pass || x.source == FromDefault || s.Secret && x.source != FromFile && x.source != FromFlag {
				continue
			}
			if !nested {
				key = head
			} else if head != section {
				section = head
				fmt.Fprintf(&b, "\n[%s]\n", head)
			}
			fmt.Fprintf(&b, "# %s\n%s = %s\n", s.Help.EN, key, literal(s.Kind, x.text))
		}
	}
	return b.String()
}

func literal(k Kind, t string) string {
	switch k {
	case Switch:
		return t
	case List:
		parts := (Values{set: map[string]value{"x": {t, ""}}}).List("x")
		for i := range parts {
			parts[i] = strconv.Quote(parts[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Text, Path, Duration:
	}
	b, _ := json.Marshal(t) // a JSON string is a TOML basic string
	return string(b)
}
