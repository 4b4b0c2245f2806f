namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>Calls an address again and again, as the article's curl loop does.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _failures = [];
    private readonly Task _calling;
    private volatile string _last = "";

    public Caller(Uri address) => _calling = CallAsync(address);

    /// <summary>Waits for an answer.</summary>
    public async Task UntilAsync(Func<string, bool> isWanted, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (!isWanted(_last))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Stops calling.</summary>
    /// <returns>Every call that was not answered with 200.</returns>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        await _end.CancelAsync();
        await _calling;
        return _failures;
    }

    public void Dispose()
    {
        _end.Cancel();
        _client.Dispose();
        _end.Dispose();
    }

    private async Task CallAsync(Uri address)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var response = await _client.GetAsync(address, CancellationToken.None);
                _last = await response.Content.ReadAsStringAsync();
                if (!response.IsSuccessStatusCode)
                {
                    _failures.Add($"{response.StatusCode}: {_last}");
                }
            }
            catch (HttpRequestException exception)
            {
                _failures.Add(exception.Message);
            }
        }
    }
}
