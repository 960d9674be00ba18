package database

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/gormlite"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // registers the encrypting file layer
	"gorm.io/gorm"
)

// preparedMax is how many statements a pool keeps ready.
const preparedMax = 256

// openSQLite opens one writing connection that begins every transaction
// IMMEDIATE (deferred ones fail under contention) and a pool of reading ones.
// synchronous=FULL, because NORMAL loses acknowledged commits in a power cut.
func openSQLite(ctx context.Context, cfg Config) (*DB, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(cfg.URL, "sqlite:"), "//")
	if path == "" {
		return nil, errors.New("database: no path given")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, wrap("directory", err)
	}
	if len(cfg.Key) != 0 && len(cfg.Key) != 32 {
		return nil, errors.New("database: the file key must have 32 bytes")
	}
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, wrap("file", err)
	} else if err := f.Close(); err != nil {
		return nil, wrap("file", err)
	}
	q := url.Values{"_txlock": {"immediate"}}
	if len(cfg.Key) != 0 {
		q.Set("vfs", "adiantum")
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	open := func(readOnly bool, size int) (*sql.DB, *gorm.DB, error) {
		db, err := driver.Open(dsn, func(c *sqlite3.Conn) error { return prepare(c, cfg.Key, readOnly) })
		if err != nil {
			return nil, nil, wrap("open", err)
		}
		db.SetMaxOpenConns(size)
		db.SetMaxIdleConns(size)
		if err := db.PingContext(ctx); err != nil {
			_ = db.Close()
			return nil, nil, wrap("open (is this a Saphan database, and is the key right?)", err)
		}
		c := gormConfig()
		// Not for the writing connection: two that prepare the same statement outside of a transaction wait for the
		// connection with gorm's lock in hand, and the transaction that has the connection waits for that lock.
		c.PrepareStmt, c.PrepareStmtMaxSize = readOnly, preparedMax
		g, err := gorm.Open(gormlite.OpenDB(db), c)
		if err != nil {
			_ = db.Close()
			return nil, nil, wrap("gorm", err)
		}
		return db, g, nil
	}
	wdb, w, err := open(false, 1)
	if err != nil {
		return nil, err
	}
	readers := cfg.Readers
	if readers == 0 {
		readers = 4
	}
	rdb, r, err := open(true, readers)
	if err != nil {
		_ = wdb.Close()
		return nil, err
	}
	return &DB{dialect: SQLite, write: w, read: r, closers: closers(rdb, wdb)}, nil
}

// prepare sets up one connection. The key must come before anything that reads the file.
func prepare(c *sqlite3.Conn, key []byte, readOnly bool) error {
	if len(key) != 0 {
		if err := c.Exec("PRAGMA hexkey='" + hex.EncodeToString(key) + "'"); err != nil {
			return err
		}
	}
	pragmas := "PRAGMA busy_timeout=10000; PRAGMA temp_store=memory; PRAGMA foreign_keys=on; PRAGMA cache_size=-8000;"
	if readOnly {
		pragmas += " PRAGMA query_only=on;"
	} else {
		pragmas += " PRAGMA journal_mode=wal; PRAGMA synchronous=full; PRAGMA wal_autocheckpoint=1000;"
	}
	if err := c.Exec(pragmas); err != nil {
		return fmt.Errorf("pragmas: %w", err)
	}
	return nil
}
