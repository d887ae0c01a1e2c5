package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// releases are the builds to download, by major version; newest is what new
// data is made with.
var releases = map[int]embedded.PostgresVersion{
	14: embedded.V14,
	15: embedded.V15,
	16: embedded.V16,
	17: embedded.V17,
	18: embedded.V18,
}

const newest = 17

func (config Config) downloadTimeout() time.Duration {
	if config.DownloadTimeout > 0 {
		return config.DownloadTimeout
	}
	return 5 * time.Minute
}

// download returns cached binaries of the major version, 0 for newest, and
// fetches them when there are none.
func (config Config) download(ctx context.Context, major int, as account) (binaries, error) {
	if major == 0 {
		major = newest
	}
	release, ok := releases[major]
	if !ok {
		return binaries{}, fmt.Errorf("version %d has no download", major)
	}
	cache, err := config.cache(as)
	if err != nil {
		return binaries{}, err
	}
	home := filepath.Join(cache, string(release))
	if b, ok := inspect(ctx, filepath.Join(home, "bin")); ok {
		return b, nil
	}
	config.Log.Info("downloading PostgreSQL, because none is installed", "version", string(release), "to", home)
	if err := config.fetch(ctx, release, cache, home); err != nil {
		return binaries{}, err
	}
	b, ok := inspect(ctx, filepath.Join(home, "bin"))
	if !ok {
		return binaries{}, errors.New("the downloaded files do not run on this system")
	}
	return b, nil
}

// cache is a folder that the server's account may enter.
func (config Config) cache(as account) (string, error) {
	dir := config.Cache
	if dir == "" {
		base, err := os.UserCacheDir()
		dir = filepath.Join(base, "tocsin", "postgres")
		if err != nil || !as.mayEnter(base) {
			dir = "/var/cache/tocsin/postgres"
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the cache %s cannot be made: %w", dir, err)
	}
	return dir, nil
}

// fetch unpacks a release into home. embedded-postgres offers no download by
// itself, so its start is made to fail right after it: no such locale exists.
// It gets folders of its own, because it deletes the ones it is given, and a
// time limit, because it has none; an overdue download is left to itself.
func (config Config) fetch(ctx context.Context, release embedded.PostgresVersion, cache, home string) error {
	scratch, err := os.MkdirTemp(cache, unfinished)
	if err != nil {
		return fmt.Errorf("the cache %s cannot be written: %w", cache, err)
	}
	unpacked := filepath.Join(scratch, "unpacked")
	want := embedded.DefaultConfig().Version(release).Port(0).Logger(io.Discard).Locale("download-only").
		CachePath(scratch).BinariesPath(unpacked).RuntimePath(filepath.Join(scratch, "runtime")).DataPath(filepath.Join(scratch, "data"))
	if config.Mirror != "" {
		want = want.BinaryRepositoryURL(config.Mirror)
	}
	result := make(chan error, 1)
	go func() {
		defer func() { _ = os.RemoveAll(scratch) }() // a rest in the cache harms nobody
		result <- take(embedded.NewDatabase(want), unpacked, home)
	}()
	select {
	case err := <-result:
		return err
	case <-time.After(config.downloadTimeout()):
		return fmt.Errorf("the download did not finish in %s", config.downloadTimeout())
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// take downloads and moves the result into place at once.
func take(server *embedded.EmbeddedPostgres, unpacked, home string) error {
	failure := server.Start()
	if failure == nil {
		failure = server.Stop()
	}
	if _, err := os.Stat(filepath.Join(unpacked, "bin", "initdb")); err != nil {
		return errors.Join(failure, err)
	}
	if err := os.Chmod(unpacked, 0o755); err != nil {
		return err
	}
	if err := os.Rename(unpacked, home); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
