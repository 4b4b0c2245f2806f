using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Services;

/// <summary>The requester passes on the one cookie that keeps a caller with a version, and hands it back.</summary>
public sealed class StickyCookieTests
{
    private const string Name = "gopher-distributor-version";
    private const string Set = $"{Name}=v2; Max-Age=600; Path=/; HttpOnly; SameSite=Lax";

    [Theory]
    [InlineData($"session=secret; {Name}=v2; theme=dark", $"{Name}=v2")]
    [InlineData($"{Name}=v1.5", $"{Name}=v1.5")]
    [InlineData("session=secret", null)]
    [InlineData($"{Name}=", null)]
    [InlineData($"{Name}=v2%20x", null)]
    [InlineData($"{Name}=0123456789012345678901234567890123456789012345678901234567890123x", null)]
    public async Task Passes_on_that_cookie_and_no_other(string sent, string? seen)
    {
        await using var distributor = await FakeDistributor.AnsweringAsync(200, "Gopher\n");
        await using var requester = await RequesterAsync(distributor, Name);

        using var response = await AskAsync(requester, sent);

        Assert.Equal(seen, distributor.Seen.Single().Headers.GetValueOrDefault("cookie"));
    }

    [Theory]
    [InlineData(200, Name, Set)]
    [InlineData(503, Name, null)]
    [InlineData(200, "", null)]
    public async Task Hands_the_cookie_back_with_an_answer_alone(int status, string name, string? handedBack)
    {
        await using var distributor = await FakeDistributor.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.SetCookie = new(["other=1; Path=/", Set]);
            return context.Response.WriteAsync("Gopher\n");
        });
        await using var requester = await RequesterAsync(distributor, name);

        using var response = await AskAsync(requester, $"{Name}=v1.5");

        Assert.Equal(handedBack is null ? [] : [handedBack], response.Headers.TryGetValues("set-cookie", out var lines) ? lines : []);
    }

    private static Task<RunningApp> RequesterAsync(FakeDistributor distributor, string name) =>
        RunningApp.RequesterAsync(distributor.Address, new() { ["STICKY_COOKIE"] = name });

    private static Task<HttpResponseMessage> AskAsync(RunningApp requester, string cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("cookie", cookie);
        return requester.Client.SendAsync(request);
    }
}
