package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/config"
	"github.com/saphan-network/saphan/node/chassis/say"
)

// FuzzLoad: any file of settings is read whole, or refused in words of ours.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{"", "base_url = 'https://clinic.example'\n[database]\nurl = \"sqlite:x\"", "[a.b.c]\nd=[[1,2],[3]]", "x = 1979-05-27T07:32:00Z", "[[a]]\n[[a]]", "a.b=1\na.b.c=2", "\xff", "data_dir='{data_dir}{data_dir}'", "listen=''"} {
		f.Add([]byte(s), s)
	}
	path := filepath.Join(f.TempDir(), "config.toml")
	f.Fuzz(func(t *testing.T, raw []byte, env string) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Node().Load(config.Inputs{File: path, Env: []string{env, "SAPHAN_NODE_LISTEN=" + env}})
		var told *say.Error
		if err != nil && !errors.As(err, &told) {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
