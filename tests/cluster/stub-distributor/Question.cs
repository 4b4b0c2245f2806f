namespace GopherMesh.Tests.Stub;

/// <summary>A request that is sent exactly as it is written: no library normalizes its target, orders its headers or adds some.</summary>
/// <param name="Host">The host that is dialled, by plain TCP.</param>
/// <param name="Port">The port that is dialled.</param>
/// <param name="Method">E.g. GET.</param>
/// <param name="Target">What stands in the request line: a path and query, or for a proxy a whole address.</param>
/// <param name="HeaderLines">Each <c>name: value</c>, the Host among them; a length is added where there is a body.</param>
/// <param name="Body">The body, in ASCII; empty for none.</param>
public sealed record Question(string Host, int Port, string Method, string Target, IReadOnlyList<string> HeaderLines, string Body = "")
{
    /// <summary>How often it is sent, ten at a time.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The bytes of the request, as text.</summary>
    public string Text()
    {
        IEnumerable<string> length = Body.Length == 0 ? [] : [$"content-length: {Body.Length}"];
        return string.Join("\r\n", [$"{Method} {Target} HTTP/1.1", .. HeaderLines, .. length, "", Body]);
    }
}
