package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/say"
)

func file(t *testing.T, body string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(p, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   config.Inputs
		code int
		want string
	}{
		"no file":          {config.Inputs{File: filepath.Join(t.TempDir(), "none.toml")}, 10, "init"},
		"broken file":      {config.Inputs{File: file(t, "[database]\nurl = postgres://u:hunter2@h/db")}, 2, "line 2"},
		"unknown key":      {config.Inputs{File: file(t, "base_ulr = 'https://a.example'")}, 2, "did you mean base_url?"},
		"unknown nested":   {config.Inputs{File: file(t, "[database]\nulr = 'x'")}, 2, "did you mean database.url?"},
		"unknown variable": {config.Inputs{Env: []string{"SAPHAN_NODE_BASE_ULR=x"}}, 2, "did you mean SAPHAN_NODE_BASE_URL?"},
		"unknown flag":     {config.Inputs{Flags: map[string]string{"nothing": "x"}}, 2, "nothing"},
		"table for value":  {config.Inputs{File: file(t, "base_url = 1.5")}, 2, "base_url"},
		"plain http":       {config.Inputs{Flags: map[string]string{"base_url": "http://clinic.example.org"}}, 2, "https"},
		"path":             {config.Inputs{Flags: map[string]string{"base_url": "https://clinic.example.org/x"}}, 2, "https"},
		"listen":           {config.Inputs{Flags: map[string]string{"listen": "8080"}}, 2, "address:port"},
		"level":            {config.Inputs{Flags: map[string]string{"log.level": "loud"}}, 2, "debug, info"},
		"duration":         {config.Inputs{Flags: map[string]string{"session.idle": "soon"}}, 2, "30m"},
		"switch":           {config.Inputs{Env: []string{"SAPHAN_NODE_FEDERATION_ALLOW_PRIVATE=yes"}}, 2, "true or false"},
		"proxies":          {config.Inputs{Flags: map[string]string{"trusted_proxies": "10.0.0.0/8, caddy"}}, 2, "CIDR"},
		"recipient":        {config.Inputs{Flags: map[string]string{"backup.recipient": "ssh-ed25519"}}, 2, "age1"},
		"secret file":      {config.Inputs{Env: []string{"SAPHAN_NODE_DATABASE_URL_FILE=/nonexistent/x"}}, 2, "secret file"},
	} {
		_, err := config.Node().Load(c.in)
		var e *say.Error
		if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want code %d and %q", name, err, c.code, c.want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the message holds a password", name)
		}
		if e.Text.TH == "" || e.Text.TH == e.Text.EN {
			t.Errorf("%s: not in Thai", name)
		}
	}
}

func TestPrecedence(t *testing.T) {
	creds := t.TempDir()
	write := func(name, body string) string {
		p := filepath.Join(creds, name)
		if err := os.WriteFile(p, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	f := file(t, "[database]\nurl = 'sqlite:file.db'\n")
	in := config.Inputs{}
	for _, step := range []struct {
		do         func()
		url, where string
	}{
		{func() {}, "sqlite:/var/lib/saphan-node/saphan.db", config.FromDefault},
		{func() { in.File = f }, "sqlite:file.db", config.FromFile},
		{func() {
			write("database.url", "sqlite:cred.db\n")
			in.Env = append(in.Env, "CREDENTIALS_DIRECTORY="+creds)
		}, "sqlite:cred.db", config.FromCredential},
		{func() { in.Env = append(in.Env, "SAPHAN_NODE_DATABASE_URL_FILE="+write("other", "sqlite:envfile.db")) }, "sqlite:envfile.db", config.FromEnvFile},
		{func() { in.Env = append(in.Env, "SAPHAN_NODE_DATABASE_URL=sqlite:env.db") }, "sqlite:env.db", config.FromEnv},
		{func() { in.Flags = map[string]string{"database.url": "sqlite:flag.db"} }, "sqlite:flag.db", config.FromFlag},
	} {
		step.do()
		v, err := config.Node().Load(in)
		if err != nil || v.Text("database.url") != step.url || v.Source("database.url") != step.where {
			t.Fatalf("%q from %s, %v; want %q from %s", v.Text("database.url"), v.Source("database.url"), err, step.url, step.where)
		}
	}
	key := write("vault.key_file", "x")
	v, err := config.Node().Load(in)
	if err != nil || v.Text("vault.key_file") != key {
		t.Fatalf("%q %v", v.Text("vault.key_file"), err)
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	v, err := config.Hub().Load(config.Inputs{Flags: map[string]string{"database.url": "postgres://u:hunter2@db/x?search_path=hub&password=hunter2"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, asJSON := range []bool{true, false} {
		var b strings.Builder
		if err := v.Print(&b, asJSON); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "hunter2") || !strings.Contains(b.String(), "postgres://u@db/x?search_path=hub") || !strings.Contains(b.String(), config.FromFlag) {
			t.Fatal(b.String())
		}
	}
}

func TestTOMLComesBack(t *testing.T) {
	flags := map[string]string{"base_url": "https://clinic.example.org", "org.name": `คลินิก "ตัวอย่าง" \ ทดสอบ`, "trusted_proxies": "10.0.0.0/8,::1",
		"session.idle": "45m", "federation.allow_private": "true", "data_dir": "/tmp/x"}
	v, err := config.Node().Load(config.Inputs{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	w, err := config.Node().Load(config.Inputs{File: file(t, v.TOML())})
	if err != nil {
		t.Fatalf("%v\n%s", err, v.TOML())
	}
	for name, text := range flags {
		if w.Text(name) != text || w.Source(name) != config.FromFile {
			t.Errorf("%s = %q from %s, want %q", name, w.Text(name), w.Source(name), text)
		}
	}
	if w.Duration("session.idle") != 45*time.Minute || !w.On("federation.allow_private") ||
		len(w.List("trusted_proxies")) != 2 || w.Text("vault.key_file") != "/tmp/x/vault.key" || !w.SQLite() {
		t.Error("typed values")
	}
}

// TestOperations holds the table of OPERATIONS.md to the declared settings.
// With SAPHAN_WRITE_DOCS set it prints the table that should be there.
func TestOperations(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "OPERATIONS.md"))
	if err != nil {
		t.Fatal(err)
	}
	table := settingsTable(config.Node())
	if os.Getenv("SAPHAN_WRITE_DOCS") != "" {
		t.Log("\n" + table)
	}
	if !strings.Contains(string(b), table) {
		t.Errorf("the settings table of OPERATIONS.md is not what is declared; it should be:\n%s", table)
	}
	for i, s := range config.Hub().Settings {
		if s.Name != config.Node().Settings[i].Name {
			t.Errorf("the hub's setting %s is not in the table", s.Name)
		}
	}
}

func settingsTable(p config.Spec) string {
	var b strings.Builder
	b.WriteString("| setting | variable | default | what it is |\n|---|---|---|---|\n")
	for _, s := range p.Settings {
		d := s.Default
		if d != "" {
			d = "`" + d + "`"
		}
		help := s.Help.EN
		if len(s.Choices) > 0 {
			help += " One of " + strings.Join(s.Choices, ", ") + "."
		}
		if s.Secret {
			help += " Secret; also `" + p.Env(s) + "_FILE`."
		}
		b.WriteString("| `" + s.Name + "` | `" + p.Env(s) + "` | " + d + " | " + help + " |\n")
	}
	return b.String()
}
