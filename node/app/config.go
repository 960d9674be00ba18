// Package app puts a member's node together: it alone knows all the parts.
package app

import (
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/saphan-network/saphan/federation"
)

// Config is what a node needs to run. DataDir and BaseURL are needed; every
// other field has the value named beside it when it is zero.
type Config struct {
	BaseURL   string           // as browsers and peers see it: https://clinic.example, without a slash at the end
	DataDir   string           // keys and, by default, the database; made when it is not there
	Database  string           // sqlite in DataDir; or a postgres:// URL
	VaultKey  string           // vault.key in DataDir: the file of the key that seals personal data
	FileKey   string           // database.key in DataDir: the file of the key that encrypts an SQLite file
	ActorKey  string           // actor.pem in DataDir: the file of the key that signs for this server; peers have pinned it
	SealKey   string           // policy.key in DataDir: the file of the key that seals what the gate has cleared
	NameTH    string           // the organisation's name in Thai
	NameEN    string           // the Thai name
	Rules     [][]string       // none: the organisation's own rows, which only forbid
	Language  string           // th: of pages for people who have not chosen and whose browser speaks neither Thai nor English
	Demo      bool             // says on every page that the data is made up, and shows the storybook
	Idle      time.Duration    // 30 minutes: a session unused for so long has ended
	Absolute  time.Duration    // 12 hours: no session lives longer
	ListBound time.Duration    // how old the members list may become; 0 means station.DefaultListBound
	Private   bool             // talks to private addresses without TLS: only for networks on one machine
	Version   string           // "development": of the program, as other servers are told
	Proxies   []string         // nobody: whose X-Forwarded-For is believed (addresses, CIDR)
	Log       *slog.Logger     // nothing is logged
	Now       func() time.Time // the system's clock
}

func (c Config) complete() (Config, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Path != "" || federation.CheckIRI(c.BaseURL) != nil {
		return c, errors.New("app: the base URL must be https://host (http on loopback only) in lower case without a path")
	}
	if c.DataDir == "" {
		return c, errors.New("app: a data folder is needed")
	}
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.DataDir, "saphan.db")
	}
	if c.VaultKey == "" {
		c.VaultKey = filepath.Join(c.DataDir, "vault.key")
	}
	if c.FileKey == "" {
		c.FileKey = filepath.Join(c.DataDir, "database.key")
	}
	if c.ActorKey == "" {
		c.ActorKey = filepath.Join(c.DataDir, "actor.pem")
	}
	if c.SealKey == "" {
		c.SealKey = filepath.Join(c.DataDir, "policy.key")
	}
	if c.Version == "" {
		c.Version = "development"
	}
	if c.NameTH == "" {
		c.NameTH = u.Host
	}
	if c.NameEN == "" {
		c.NameEN = c.NameTH
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}
