namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>One request that goes to both sides.</summary>
internal sealed record Probe
{
    public string Method { get; init; } = "GET";
    public string Path { get; init; } = "/";

    /// <summary>The host header; null for that of the case.</summary>
    public string? Host { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public HttpRequestMessage ToRequest(Uri address, string host, string caseName)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(address, Path));
        request.Headers.Host = Host ?? host;
        request.Headers.Add("x-case", caseName);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
