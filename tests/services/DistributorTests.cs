using System.Net;

namespace GopherMesh.Tests.Services;

public sealed class DistributorTests
{
    [Fact]
    public async Task Version_1_answers_the_articles_line()
    {
        await using var distributor = await RunningApp.DistributorAsync("v1", "gopher-distributor-v1-694fd4f4db-gnn4g");

        Assert.Equal("Gopher Version 1 from pod gopher-distributor-v1-694fd4f4db-gnn4g\n", await distributor.Client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData("v2", "Version 2")]
    [InlineData("v13", "Version 13")]
    public async Task Later_versions_add_16_hex_digits(string version, string words)
    {
        await using var distributor = await RunningApp.DistributorAsync(version, "pod-2");

        Assert.Matches($@"\AGopher {words} from pod pod-2 \([0-9a-f]{{16}}\)\n\z", await distributor.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task The_digits_are_new_each_time()
    {
        await using var distributor = await RunningApp.DistributorAsync("v2");

        var answers = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            answers.Add(await distributor.Client.GetStringAsync("/"));
        }

        Assert.Equal(100, answers.Count);
    }

    [Theory]
    [InlineData("GET", "/other", HttpStatusCode.NotFound)]
    [InlineData("GET", "/healthz/more", HttpStatusCode.NotFound)]
    [InlineData("POST", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("HEAD", "/", HttpStatusCode.OK)]
    public async Task Only_the_root_answers_and_only_to_GET_and_HEAD(string method, string path, HttpStatusCode status)
    {
        await using var distributor = await RunningApp.DistributorAsync();

        using var response = await distributor.Client.SendAsync(new(new(method), path));

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_answer_is_plain_text_and_does_not_name_the_server()
    {
        await using var distributor = await RunningApp.DistributorAsync();

        using var response = await distributor.Client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Empty(response.Headers.Server);
    }
}
