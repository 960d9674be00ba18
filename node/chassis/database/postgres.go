package database

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"regexp"

	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver "pgx"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// openPostgres opens a pool on the schema named by search_path ("public" if
// none is named) and creates the schema if it is not there.
func openPostgres(ctx context.Context, cfg Config) (*DB, error) {
	if len(cfg.Key) != 0 {
		return nil, errors.New("database: file encryption is for SQLite; encrypt the volume under PostgreSQL")
	}
	u, err := url.Parse(cfg.URL)
	if err != nil {
		return nil, errors.New("database: the PostgreSQL URL cannot be read") // the cause would print the password
	}
	q := u.Query()
	schema := q.Get("search_path")
	if schema == "" {
		schema = "public"
	}
	if !schemaName.MatchString(schema) {
		return nil, errors.New("database: the schema name may have lower-case letters, digits and _ only")
	}
	q.Set("search_path", schema)
	if q.Get("application_name") == "" {
		q.Set("application_name", "saphan")
	}
	u.RawQuery = q.Encode()
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		return nil, errors.New("database: the PostgreSQL URL cannot be read")
	}
	db.SetMaxOpenConns(12)
	db.SetMaxIdleConns(4)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, wrap("connect", err)
	}
	if _, err := db.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS "`+schema+`"`); err != nil {
		_ = db.Close()
		return nil, wrap("schema", err)
	}
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), gormConfig())
	if err != nil {
		_ = db.Close()
		return nil, wrap("gorm", err)
	}
	return &DB{dialect: Postgres, write: g, read: g, closers: closers(db), lockSalt: schema}, nil
}

func closers(dbs ...*sql.DB) []io.Closer {
	var out []io.Closer
	for _, d := range dbs {
		out = append(out, d)
	}
	return out
}
