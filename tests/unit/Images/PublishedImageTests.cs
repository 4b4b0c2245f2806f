using System.Diagnostics;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Images;
using GopherMesh.Tests.Unit.Eks;

namespace GopherMesh.Tests.Unit.Images;

/// <summary>infra/Images/publish-image.sh with the real SDK, against a registry that refuses as ECR does with the mutability that the stack declares.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PublishedImageTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>, IAsyncLifetime
{
    private const string Repository = "gopher-mesh-dev/gopher-distributor";
    private const string Tag = "src-0123456789abcdef";

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
            await InterruptAfterAsync(pushes);
            Assert.Equal(pushes == 3, _registry.DigestOf(Repository, Tag) is not null);
        }

        var published = _registry.DigestOf(Repository, Tag);
        Assert.Equal((0, $"{published}\n", ""), await PublishAsync());
        Assert.Equal(["amd64", "arm64"], _registry.ArchitecturesOf(Repository, Tag));
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

    private async Task InterruptAfterAsync(int pushes)
    {
        var stopped = _registry.StopAfterAsync(pushes);
        using var script = Start();
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        if (await Task.WhenAny(stopped, script.WaitForExitAsync()) != stopped)
        {
            Assert.Fail($"the script ended before push {pushes}: {await output}{await errors}");
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
