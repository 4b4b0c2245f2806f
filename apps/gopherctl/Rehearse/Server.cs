using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Metrics;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>Keeps a rehearsal serving, and applies what its files declare whenever they change.</summary>
/// <param name="terminal">Where the changes are written.</param>
/// <param name="rehearsal">The live system.</param>
/// <param name="apply">Puts in force what the files say now.</param>
/// <param name="files">The files that are watched.</param>
internal sealed class Server(Terminal terminal, MeshRehearsal rehearsal, Func<CancellationToken, Task<Applied>> apply, IReadOnlyList<string> files)
{
    // The files are polled: editors replace files, and not every file system notifies of changes.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var metrics = await MetricsServer.StartAsync(rehearsal.WriteMetrics, cancellation);
        terminal.Report($"Istio's metrics at {metrics.Address}");
        terminal.Report($"serving at {rehearsal.Gateway} until Ctrl-C; try: curl -H 'Host: {rehearsal.Host}' {rehearsal.Gateway}");
        var seen = Contents();
        while (true)
        {
            await await Task.WhenAny(Task.Delay(Interval, cancellation), rehearsal.Defect);
            if (Contents() is { } now && now != seen)
            {
                seen = now;
                await ApplyAsync(cancellation);
            }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        try
        {
            Tell(await apply(cancellation));
        }
        catch (UserException error)
        {
            ErrorReport.Write(terminal.Error, error);
            terminal.Report("nothing was changed; the earlier declaration stays in force");
        }
    }

    private void Tell(Applied applied)
    {
        foreach (var change in applied.Changes)
        {
            terminal.Report(change);
        }

        var changed = $"{applied.Changes.Count} {(applied.Changes.Count == 1 ? "object" : "objects")} changed";
        if (applied.Failure is not { } failure)
        {
            terminal.Report($"applied: {changed}");
            return;
        }

        ErrorReport.Write(terminal.Error, failure);
        terminal.Report(
            $"applied in part: {changed}, not finished: {string.Join(", ", applied.Unfinished)}; the next change of the file applies the rest");
    }

    // Null while a file is being replaced.
    private string? Contents()
    {
        try
        {
            return string.Concat(files.Select(File.ReadAllText));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
