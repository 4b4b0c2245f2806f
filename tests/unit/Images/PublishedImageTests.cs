using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Images;
using GopherMesh.Tests.Unit.Eks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Tests.Unit.Images;

/// <summary>infra/Images/publish-image.sh with the real SDK, against a registry that refuses as ECR does with the mutability that the stack declares.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PublishedImageTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>, IAsyncLifetime
{
    private const string Repository = "gopher-mesh-dev/gopher-distributor";
    private const string Tag = "src-0123456789abcdef";

    // The requests at which a push stops; another one gives others.
    private const int Seed = 20261129;

    // The SDK sends a blob's content at once where the registry names no smaller piece: with a PATCH.
    private static readonly string[] Uploading = ["HEAD blobs", "POST blobs/uploads", "PATCH blobs/uploads", "PUT blobs/uploads"];

    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("publish-image-test");
    private ImmutableRegistry _registry = null!;

    public async Task InitializeAsync()
    {
        var declared = fixture.Stack.Inputs("aws:ecr/repository:Repository", "gopher-distributor");
        Assert.StartsWith("IMMUTABLE", (string)declared["imageTagMutability"]!, StringComparison.Ordinal);
        _registry = await ImmutableRegistry.StartAsync(
            declared["imageTagMutabilityExclusionFilters"]?.AsArray().Select(filter => (string)filter!["filter"]!) ?? []);

        // This aws answers from the registry; the real one calls ECR.
        var aws = Path.Combine(_tools.FullName, "aws");
        await File.WriteAllTextAsync(aws, $$"""
            #!/usr/bin/env bash
            case "$*" in
              *get-login-password*) echo token ;;
              *describe-images*)
                digest=$(curl --silent --fail --head --user AWS:token "http://{{_registry.Host}}/v2/{{Repository}}/manifests/$TAG" |
                  tr -d '\r' | sed -n 's/^Docker-Content-Digest: //Ip')
                [[ -n $digest ]] || { echo '(ImageNotFoundException) no such image' >&2; exit 254; }
                echo "$digest" ;;
            esac

            """);
        File.SetUnixFileMode(aws, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        _tools.Delete(recursive: true);
    }

    [Fact]
    public async Task The_next_run_completes_an_interrupted_push_wherever_it_stopped()
    {
        // One push for each architecture, and one for the index. Each run comes one push further than the one before it.
        for (var pushes = 1; pushes <= 3; pushes++)
        {
            await InterruptAfterAsync(ImmutableRegistry.Push, pushes);
            Assert.Equal(pushes == 3, _registry.DigestOf(Repository, Tag) is not null);
        }

        var published = _registry.DigestOf(Repository, Tag);
        Assert.Equal((0, $"{published}\n", ""), await PublishAsync());
        Assert.Equal(["amd64", "arm64"], _registry.ArchitecturesOf(Repository, Tag));
    }

    // A blob is asked for, its upload begun, its content sent, its upload ended: each kind of request, at one of them that chance picks. The
    // manifests are above; the script's questions about the tag come before all of it, and after.
    [Fact]
    public async Task The_next_run_completes_a_push_that_stopped_at_a_request_of_any_kind()
    {
        var random = new Random(Seed);
        Assert.Equal((0, ""), await StatusAsync());
        var requests = _registry.RequestsTo(Repository).Where(request => request.Key.Contains("blobs", StringComparison.Ordinal)).OrderBy(request => request.Key, StringComparer.Ordinal);
        Assert.Equal(Uploading.Order(StringComparer.Ordinal), requests.Select(request => request.Key));
        foreach (var (kind, count) in requests)
        {
            _registry.Forget(Repository);
            await InterruptAfterAsync(kind, random.Next(1, count + 1));
            Assert.Null(_registry.DigestOf(Repository, Tag));

            // A question leaves nothing behind: the next run is the one that stops at the next kind.
            if (kind.StartsWith('P'))
            {
                Assert.Equal((0, ""), await StatusAsync());
                var published = _registry.DigestOf(Repository, Tag);
                Assert.Equal(["amd64", "arm64"], _registry.ArchitecturesOf(Repository, Tag));
                Assert.Equal((0, $"{published}\n", ""), await PublishAsync());
                Assert.Equal(published, _registry.DigestOf(Repository, Tag));
            }
        }
    }

    [Fact]
    public async Task Two_publishers_at_once_and_a_deleted_index_end_in_one_image_that_stays()
    {
        var results = await Task.WhenAll(PublishAsync(), PublishAsync());

        var published = _registry.DigestOf(Repository, Tag);
        Assert.All(results, result => Assert.Equal((0, $"{published}\n", ""), result));
        Assert.Equal(["amd64", "arm64"], _registry.ArchitecturesOf(Repository, Tag));

        // docs/recovery.md, "An image is gone": the architectures' tags are still there.
        _registry.Delete(Repository, Tag);
        var again = await PublishAsync();

        Assert.Equal((0, $"{_registry.DigestOf(Repository, Tag)}\n", ""), again);
        Assert.Equal(["amd64", "arm64"], _registry.ArchitecturesOf(Repository, Tag));
    }

    private async Task<(int ExitCode, string Error)> StatusAsync()
    {
        var (exitCode, _, error) = await PublishAsync();
        return (exitCode, error);
    }

    private async Task InterruptAfterAsync(string kind, int requests)
    {
        var stopped = _registry.StopAfterAsync(kind, requests);
        using var script = Start();
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        if (await Task.WhenAny(stopped, script.WaitForExitAsync()) != stopped)
        {
            Assert.Fail($"the script ended before {kind} {requests}: {await output}{await errors}");
        }

        // The script's whole session: MSBuild's nodes push, not the script.
        using var kill = Process.Start("/bin/kill", ["-s", "KILL", "--", $"-{script.Id}"]);
        await kill.WaitForExitAsync();
        await script.WaitForExitAsync();
        _registry.GoOn();
    }

    private async Task<(int ExitCode, string Output, string Error)> PublishAsync()
    {
        using var script = Start();
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, await output, await errors);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("setsid", ["bash", Path.Combine(RepositoryRoot.Find(), "infra/Images/publish-image.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (string Name, string Value)[] environment =
        [
            ("PATH", $"{_tools.FullName}:{start.Environment["PATH"]}"),
            ("PROJECT", ServiceSource.Named(Names.Distributor).Project), ("REGISTRY", _registry.Host), ("REPOSITORY", Repository), ("TAG", Tag),
            ("AWS_REGION", "ap-southeast-2"),
            // MSBuild reads its properties from the environment: the base image comes from the registry too.
            ("ContainerBaseImage", $"{_registry.Host}/{ImmutableRegistry.BaseImage}:latest"),
            ("DOTNET_CONTAINER_INSECURE_REGISTRIES", _registry.Host),
        ];
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>
/// A registry on loopback that refuses as ECR does (ECR user guide, "image-tag-mutability"): an existing tag keeps its digest, unless
/// one of the repository's filters excepts it; no manifest is taken before all that it names is in its repository, and no content under a
/// digest that is not its own. It also has the base image that the services are built on.
/// </summary>
internal sealed partial class ImmutableRegistry : IAsyncDisposable
{
    public const string BaseImage = "dotnet/aspnet";

    /// <summary>The kind of request that gives a tag.</summary>
    public const string Push = "PUT manifests";

    private const string Index = "application/vnd.oci.image.index.v1+json";
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";

    private static readonly string[] Architectures = ["amd64", "arm64"];

    // The members by which a manifest or an index names what it consists of.
    private static readonly string[] Parts = ["config", "layers", "manifests"];

    private readonly ConcurrentDictionary<string, byte[]> _blobs = new();
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _manifests = new();
    private readonly ConcurrentDictionary<string, string> _tags = new();
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();
    private readonly Lock _tagging = new();
    private readonly Regex[] _mutable;
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, int> _requests = new();
    private TaskCompletionSource? _stopped;
    private string _kindToStopAt = "";
    private int _requestsUntilStop;

    private ImmutableRegistry(IEnumerable<string> mutableTags)
    {
        _mutable = [.. mutableTags.Select(filter => new Regex($@"\A{Regex.Escape(filter).Replace(@"\*", ".*", StringComparison.Ordinal)}\z"))];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
        AddBaseImage();
    }

    /// <summary>Its host and port.</summary>
    public string Host => new Uri(_server.Urls.First()).Authority;

    /// <summary>Starts one.</summary>
    /// <param name="mutableTags">Filters of the tags that may be given to another digest; <c>*</c> matches any letters.</param>
    public static async Task<ImmutableRegistry> StartAsync(IEnumerable<string> mutableTags)
    {
        var registry = new ImmutableRegistry(mutableTags);
        await registry._server.StartAsync();
        return registry;
    }

    /// <summary>The digest of a tag; null where there is none.</summary>
    public string? DigestOf(string repository, string tag) => _tags.GetValueOrDefault($"{repository}:{tag}");

    /// <summary>The architectures of the image that a tag names, each with all of its content there.</summary>
    public IReadOnlyList<string> ArchitecturesOf(string repository, string tag)
    {
        using var index = JsonDocument.Parse(_manifests[$"{repository}@{DigestOf(repository, tag)}"].Content);
        return
        [
            .. index.RootElement.GetProperty("manifests").EnumerateArray()
                .Where(manifest => _manifests.ContainsKey($"{repository}@{manifest.GetProperty("digest").GetString()}"))
                .Select(manifest => manifest.GetProperty("platform").GetProperty("architecture").GetString()!).Order(),
        ];
    }

    public void Delete(string repository, string tag) => Assert.True(_tags.TryRemove($"{repository}:{tag}", out _));

    /// <summary>The requests to a repository until now, by kind: <c>PUT manifests</c>.</summary>
    public IReadOnlyDictionary<string, int> RequestsTo(string repository) => _requests
        .Where(request => request.Key.StartsWith($"{repository} ", StringComparison.Ordinal))
        .ToDictionary(request => request.Key[(repository.Length + 1)..], request => request.Value);

    /// <summary>Empties a repository.</summary>
    public void Forget(string repository)
    {
        static void Remove<T>(ConcurrentDictionary<string, T> from, string start) =>
            Array.ForEach([.. from.Keys.Where(key => key.StartsWith(start, StringComparison.Ordinal))], key => from.TryRemove(key, out _));
        Remove(_tags, $"{repository}:");
        Remove(_blobs, $"{repository}@");
        Remove(_manifests, $"{repository}@");
    }

    /// <summary>Accepts some more requests of a kind, then stops answering: the task ends when the last has had its effect and its sender still waits.</summary>
    public Task StopAfterAsync(string kind, int requests)
    {
        (_kindToStopAt, _requestsUntilStop) = (kind, requests);
        _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _stopped.Task;
    }

    public void GoOn() => _stopped = null;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private static string DigestOf(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private async Task AnswerAsync(HttpContext context)
    {
        if (_stopped is { Task.IsCompleted: true })
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        var request = context.Request;
        var path = PathOfARequest().Match(request.Path.Value!);
        if (!path.Success)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }

        var (repository, kind, reference) = (path.Groups[1].Value, path.Groups[2].Value, path.Groups[3].Value);
        if (repository != BaseImage && string.IsNullOrEmpty(request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"ecr\"";
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var requested = $"{request.Method} {kind}";
        _requests.AddOrUpdate($"{repository} {requested}", 1, (_, count) => count + 1);
        await ((kind, request.Method) switch
        {
            ("manifests", "PUT") => PutManifestAsync(context, repository, reference),
            ("manifests", _) => SendManifestAsync(context, repository, reference),
            ("blobs", _) => SendAsync(context, _blobs.GetValueOrDefault($"{repository}@{reference}"), "application/octet-stream", reference),
            _ => UploadAsync(context, repository, reference),
        });
        if (_stopped is { } stopped && repository != BaseImage && requested == _kindToStopAt && Interlocked.Decrement(ref _requestsUntilStop) == 0)
        {
            stopped.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
    }

    private async Task PutManifestAsync(HttpContext context, string repository, string reference)
    {
        var content = await BodyAsync(context);
        var digest = DigestOf(content);
        lock (_tagging)
        {
            var tag = $"{repository}:{reference}";
            if (!Named(content).All(named => _blobs.ContainsKey($"{repository}@{named}") || _manifests.ContainsKey($"{repository}@{named}")))
            {
                // LayersNotFoundException and ReferencedImagesNotFoundException.
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (!reference.StartsWith("sha256:", StringComparison.Ordinal))
            {
                if (_tags.TryGetValue(tag, out var there) && there != digest && !_mutable.Any(filter => filter.IsMatch(reference)))
                {
                    // ECR's answer, which the SDK shows as CONTAINER1005.
                    context.Response.StatusCode = StatusCodes.Status400BadRequest;
                    return;
                }

                _tags[tag] = digest;
            }

            _manifests[$"{repository}@{digest}"] = (context.Request.ContentType!, content);
        }

        context.Response.Headers["Docker-Content-Digest"] = digest;
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    // What a manifest or an index consists of.
    private static IReadOnlyList<string> Named(byte[] manifest)
    {
        using var json = JsonDocument.Parse(manifest);
        return
        [
            .. Parts
                .Where(member => json.RootElement.TryGetProperty(member, out _)).Select(member => json.RootElement.GetProperty(member))
                .SelectMany(part => part.ValueKind == JsonValueKind.Array ? part.EnumerateArray().AsEnumerable() : [part])
                .Select(part => part.GetProperty("digest").GetString()!),
        ];
    }

    private Task SendManifestAsync(HttpContext context, string repository, string reference)
    {
        var digest = _tags.GetValueOrDefault($"{repository}:{reference}") ?? reference;
        var found = _manifests.TryGetValue($"{repository}@{digest}", out var manifest);
        return SendAsync(context, found ? manifest.Content : null, found ? manifest.Type : "", digest);
    }

    private static async Task SendAsync(HttpContext context, byte[]? content, string type, string digest)
    {
        if (content is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.Headers["Docker-Content-Digest"] = digest;
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content);
        }
    }

    private async Task UploadAsync(HttpContext context, string repository, string reference)
    {
        var id = HttpMethods.IsPost(context.Request.Method) ? Guid.NewGuid().ToString() : reference;
        var content = await BodyAsync(context);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            _uploads[id] = new();
        }

        if (!_uploads.TryGetValue(id, out var upload))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        upload.Write(content);
        if (HttpMethods.IsPut(context.Request.Method))
        {
            var digest = DigestOf(upload.ToArray());
            if (context.Request.Query["digest"] != digest)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            _blobs[$"{repository}@{digest}"] = upload.ToArray();
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        context.Response.Headers.Location = $"http://{Host}/v2/{repository}/blobs/uploads/{id}";
        context.Response.Headers["Range"] = $"0-{Math.Max(upload.Length - 1, 0)}";
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private void AddBaseImage()
    {
        using var layer = new MemoryStream();
        using (var gzip = new GZipStream(layer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[1024]);
        }

        var manifests = Architectures.Select(architecture =>
        {
            var config = Json(new
            {
                architecture,
                os = "linux",
                config = new { },
                rootfs = new { type = "layers", diff_ids = new[] { DigestOf(new byte[1024]) } },
            });
            _blobs[$"{BaseImage}@{DigestOf(config)}"] = config;
            var manifest = Json(new
            {
                schemaVersion = 2,
                mediaType = Manifest,
                config = new { mediaType = "application/vnd.oci.image.config.v1+json", size = config.Length, digest = DigestOf(config) },
                layers = new[] { new { mediaType = "application/vnd.oci.image.layer.v1.tar+gzip", size = layer.Length, digest = DigestOf(layer.ToArray()) } },
            });
            _manifests[$"{BaseImage}@{DigestOf(manifest)}"] = (Manifest, manifest);
            return new { mediaType = Manifest, size = manifest.Length, digest = DigestOf(manifest), platform = new { architecture, os = "linux" } };
        }).ToArray();
        _blobs[$"{BaseImage}@{DigestOf(layer.ToArray())}"] = layer.ToArray();
        var index = Json(new { schemaVersion = 2, mediaType = Index, manifests });
        _manifests[$"{BaseImage}@{DigestOf(index)}"] = (Index, index);
        _tags[$"{BaseImage}:latest"] = DigestOf(index);
    }

    private static byte[] Json<T>(T value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value));

    [GeneratedRegex(@"\A/v2/(.+)/(blobs/uploads|blobs|manifests)/([^/]*)\z")]
    private static partial Regex PathOfARequest();
}
