using System.Text.Encodings.Web;
using System.Text.Json;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>In a pipe or a file: a line of JSON for each answer, and one at the end that sums up.</summary>
internal sealed class JsonView(TextWriter output) : IWatchView
{
    // The output is for people and jq, not for an HTML page, so `>>` is not escaped.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public async Task ShowAsync(Func<Action<WatchedAnswer>, Task> watch, WatchTally tally)
    {
        await watch(answer => Write(new
        {
            at = answer.At,
            status = answer.Status,
            version = answer.Version,
            pod = answer.Pod,
            ms = Rounded(answer.Latency.TotalMilliseconds),
            failed = answer.Failed,
            text = answer.Text,
        }));
        Write(new
        {
            requests = tally.Requests,
            failed = tally.Failed,
            pods = tally.Lines.Select(line => new
            {
                version = line.Version,
                pod = line.Pod,
                requests = line.Requests,
                failed = line.Failed,
                p50Ms = Rounded(line.Latency.Quantile(0.50)),
                p99Ms = Rounded(line.Latency.Quantile(0.99)),
            }),
        });
    }

    private void Write<T>(T line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, Json));
        output.Flush();
    }

    private static double Rounded(double milliseconds) => Math.Round(milliseconds, 2);
}
