using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Watch;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>The page's own caller: sends requests through the gateway at a steady rate, and single ones that choose their version.</summary>
/// <param name="rehearsal">The rehearsal whose gateway is asked.</param>
internal sealed class PageCaller(MeshRehearsal rehearsal) : IAsyncDisposable
{
    private const int MostRate = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _changing = new(1);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
    private volatile Load? _load;

    /// <summary>Requests a second that are sent now; 0 for none.</summary>
    public double Rate => _load?.Rate ?? 0;

    /// <summary>Sends at another rate from now on.</summary>
    /// <param name="rate">Requests a second, 0 to 2000.</param>
    /// <exception cref="UserException">The rate is out of range.</exception>
    public async Task SendAsync(double rate)
    {
        if (rate is not (>= 0 and <= MostRate))
        {
            throw new UserException("the rate is out of range.", "the page", $"Use up to {MostRate} requests a second.");
        }

        // One after the other, or of two commands at once one would leave a sender that nobody ends.
        await _changing.WaitAsync();
        try
        {
            if (_load is { } before)
            {
                await before.End.CancelAsync();
                await before.Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                before.End.Dispose();
            }

            var end = new CancellationTokenSource();
            _load = rate == 0
                ? null
                : new(rate, end, Pace.RunAsync(new(rehearsal.Gateway, Requests: null, rate, Headers: []), stop => AnswerAsync(header: null, stop), _ => { }, TimeProvider.System, end.Token));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Sends one request that chooses its version by a header.</summary>
    /// <param name="header">The header's name; empty where the configuration has none.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was asked and what was answered, in a line.</returns>
    /// <exception cref="UserException">There is no such header, or that is not the name of a version.</exception>
    public async Task<string> AskAsync(string header, string version, CancellationToken cancellation)
    {
        if (header.Length == 0)
        {
            throw new UserException("no request can choose its version: previewHeader is empty.", "the page", "Set previewHeader first.");
        }

        if (version.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.')))
        {
            throw new UserException($"'{version}' is not the name of a version.", "the page", "Choose one that runs.");
        }

        var answer = await AnswerAsync((header, version), cancellation);
        return $"{header}: {version} → {answer.Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"} {answer.Text}".TrimEnd();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SendAsync(0);
        _client.Dispose();
        _changing.Dispose();
    }

    private async Task<WatchedAnswer> AnswerAsync((string Name, string Value)? header, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, rehearsal.Gateway);
        request.Headers.Host = rehearsal.Host;
        if (header is { } given)
        {
            request.Headers.TryAddWithoutValidation(given.Name, given.Value);
        }

        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return new(default, default, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure)
        {
            return new(default, default, null, failure.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(default, default, null, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>What is being sent.</summary>
    private sealed record Load(double Rate, CancellationTokenSource End, Task Sending);
}
