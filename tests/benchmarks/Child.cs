using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GopherMesh.Benchmarks;

/// <summary>A program under measurement, in a process of its own.</summary>
internal sealed partial class Child : IDisposable
{
    private const string PageAt = "page at ";

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where its page is; null where it has none.</summary>
    public Uri? Page { get; private set; }

    /// <summary>Starts a built program of this repository, and waits until it prints the address at which it serves.</summary>
    /// <param name="project">The project's folder of outputs, e.g. <c>GopherDistributor</c>.</param>
    /// <param name="assembly">The program, e.g. <c>GopherDistributor.dll</c>.</param>
    /// <param name="environment">Variables, each <c>NAME=value</c>.</param>
    /// <param name="arguments">Arguments.</param>
    public static async Task<(Child Child, Uri Address)> StartAsync(string project, string assembly, string[] environment, params string[] arguments)
    {
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", assembly));
        var start = new ProcessStartInfo("dotnet", [path, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in environment)
        {
            start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        }

        var child = new Child(start);
        return (child, await child._address.Task.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is not null && line.StartsWith(PageAt, StringComparison.Ordinal))
        {
            Page = Uri.TryCreate(line[PageAt.Length..], UriKind.Absolute, out var page) ? page : null;
        }
        else if (Address().Match(line ?? "") is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Value));
        }
    }

    // gopherctl names the address of its metrics, too, and first.
    [GeneratedRegex(@"(?<!metrics at )http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
