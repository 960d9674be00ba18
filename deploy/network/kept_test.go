package network_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// keptBy wants none of the words in any row that the server keeps, where at least one
// holds what must be there. The hub is no party to a referral: not even its reference is
// with the hub.
func keptBy(t *testing.T, s *network.Server, dir, url, must string, words ...string) {
	t.Helper()
	db := opened(t, s, dir, url)
	tables := []string{}
	list := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if db.Dialect() == database.Postgres {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	if err := db.Reader(t.Context()).Raw(list).Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	found := false
	for _, table := range tables {
		var rows []map[string]any
		if err := db.Reader(t.Context()).Raw(`SELECT * FROM "` + table + `"`).Scan(&rows).Error; err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		for _, row := range rows {
			for column, value := range row {
				text := fmt.Sprint(value)
				if b, ok := value.([]byte); ok {
					text = string(b)
				}
				found = found || strings.Contains(text, must)
				for _, word := range words {
					if strings.Contains(text, word) {
						t.Errorf("%s keeps a value in %s.%s", s.Key, table, column)
					}
				}
			}
		}
	}
	if !found {
		t.Errorf("%s: what it must keep was not read in %d tables", s.Key, len(tables))
	}
}

// opened is the database of a server of a running network, read as who has its key would.
func opened(t *testing.T, s *network.Server, dir, url string) *database.DB {
	t.Helper()
	cfg := database.Config{URL: url + "&search_path=demo_" + s.Key}
	if url == "sqlite" {
		text, err := os.ReadFile(filepath.Join(dir, s.Key, "database.key"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		cfg = database.Config{URL: "sqlite:" + filepath.Join(dir, s.Key, "saphan.db"), Key: key}
	}
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
