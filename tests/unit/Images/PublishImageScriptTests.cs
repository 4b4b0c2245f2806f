using System.Diagnostics;

namespace GopherMesh.Tests.Unit.Images;

/// <summary>infra/Images/publish-image.sh, as <c>pulumi up</c> runs it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PublishImageScriptTests : IDisposable
{
    private readonly FakeTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Fact]
    public void Publishes_an_image_that_is_not_there_for_the_architectures_of_its_project()
    {
        var (exitCode, output, error) = _tools.Run();

        Assert.Equal((0, "sha256:abc\n", ""), (exitCode, output, error));
        var publish = Assert.Single(_tools.Calls, call => call.StartsWith("dotnet", StringComparison.Ordinal));
        Assert.All(
            [
                "/apps/gopher-requester/GopherRequester.csproj -t:PublishContainer",
                "-p:ContainerRegistry=1.dkr.ecr.ap-southeast-2.amazonaws.com",
                "-p:ContainerRepository=gopher-mesh-dev/gopher-requester",
                "-p:ContainerImageTag=src-0123456789abcdef",
                "-p:PulumiSdk=real",
            ],
            argument => Assert.Contains(argument, publish, StringComparison.Ordinal));
        // A property of the command line cannot be a list: its semicolon ends it, and escaped it is part of one name (NETSDK1083).
        Assert.DoesNotContain("RuntimeIdentifier", publish, StringComparison.Ordinal);
    }

    [Fact]
    public void Publishes_nothing_when_the_tag_is_there()
    {
        File.WriteAllText(_tools.PathOf("pushed"), "");

        Assert.Equal((0, "sha256:abc\n", ""), _tools.Run());
        Assert.Contains("imageTag=src-0123456789abcdef", Assert.Single(_tools.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_the_token_only_to_dotnet_and_prints_it_nowhere()
    {
        var (_, output, error) = _tools.Run();

        Assert.Equal($"AWS:{FakeTools.Token}\n", File.ReadAllText(_tools.PathOf("credentials")));

        // A server of the compiler would outlive the script, with the token in its environment.
        Assert.Contains("-p:UseSharedCompilation=false", Assert.Single(_tools.Calls, call => call.StartsWith("dotnet", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeTools.Token, output + error + string.Join('\n', _tools.Calls), StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_ECR_with_the_role_that_it_assumes_with_the_profile()
    {
        _tools.Write("aws", """
            echo "${AWS_ACCESS_KEY_ID:-none} ${AWS_SESSION_TOKEN:-none} aws $*" >>calls
            case "$*" in
              *assume-role*) printf 'KEY\tSECRET\tSESSION\n' ;;
              *describe-images*) echo sha256:abc ;;
              *) exit 99 ;;
            esac
            """);

        var (exitCode, output, error) = _tools.Run(("PROFILE", "team"), ("ROLE", "arn:aws:iam::123456789012:role/deployer"), ("ROLE_SESSION", "ci"), ("AWS_ACCESS_KEY_ID", "OWN"), ("AWS_PROFILE", "other"));

        Assert.Equal((0, "sha256:abc\n", ""), (exitCode, output, error));
        Assert.Equal(2, _tools.Calls.Length);
        Assert.Contains("aws sts assume-role --role-arn arn:aws:iam::123456789012:role/deployer --role-session-name ci", _tools.Calls[0], StringComparison.Ordinal);
        Assert.EndsWith("--profile team", _tools.Calls[0], StringComparison.Ordinal);
        Assert.StartsWith("KEY SESSION aws ecr describe-images", _tools.Calls[1], StringComparison.Ordinal);
        Assert.DoesNotContain("--profile", _tools.Calls[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Succeeds_when_someone_else_published_the_same_tag_meanwhile()
    {
        _tools.Write("dotnet", "touch pushed; echo 'tag is immutable' >&2; exit 1");
        Assert.Equal((0, "sha256:abc\n", ""), _tools.Run());
    }

    [Fact]
    public void Shows_why_a_build_failed()
    {
        _tools.Write("dotnet", "echo 'error CS1002: ; expected'; exit 1");

        var (exitCode, output, error) = _tools.Run();

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("error CS1002: ; expected", error, StringComparison.Ordinal);
        Assert.Contains("gopher-mesh-dev/gopher-requester:src-0123456789abcdef could not be published", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_when_the_registry_does_not_have_what_was_pushed()
    {
        _tools.Write("dotnet", "exit 0");
        var (exitCode, _, error) = _tools.Run();
        Assert.Equal(1, exitCode);
        Assert.Contains("ECR does not have it", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_mistake_missing_rights_for_a_missing_image()
    {
        File.WriteAllText(_tools.PathOf("describe-error"), "(AccessDeniedException) not authorized");

        var (exitCode, _, error) = _tools.Run();

        Assert.Equal(1, exitCode);
        Assert.Contains("AccessDeniedException", error, StringComparison.Ordinal);
        Assert.DoesNotContain(_tools.Calls, call => call.StartsWith("dotnet", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_a_variable_that_is_not_set()
    {
        var (exitCode, _, error) = _tools.Run(("TAG", ""));
        Assert.Equal((1, "publish-image: TAG is not set\n"), (exitCode, error));
        Assert.Empty(_tools.Calls);
    }

    [Theory]
    [InlineData("team", true)]
    [InlineData("", false)]
    public void Calls_AWS_with_the_profile_that_it_gets(string profile, bool asks)
    {
        _tools.Run(("PROFILE", profile));
        Assert.All(
            _tools.Calls.Where(call => call.StartsWith("aws", StringComparison.Ordinal)),
            call => Assert.Equal(asks, call.EndsWith("--region ap-southeast-2 --profile team", StringComparison.Ordinal)));
    }

    [Fact]
    public void Leaves_nothing_behind()
    {
        _tools.Write("dotnet", "touch pushed; printf '%s\\n' \"$@\" | sed -n 's/-p:ArtifactsPath=//p' >work");
        _tools.Run();
        Assert.False(Directory.Exists(File.ReadAllText(_tools.PathOf("work")).Trim()));
    }
}

/// <summary>Runs a script of the program with an <c>aws</c> and a <c>dotnet</c> of the test's own, in a folder outside the repository.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class FakeTools : IDisposable
{
    public const string Token = "the-registry-token";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("publish-image-test");

    public FakeTools()
    {
        // Knows an image once the file "pushed" is there, as ECR does.
        Write("aws", $$"""
            echo "aws $*" >>calls
            case "$*" in
              *describe-images*) [[ -f pushed ]] && { echo sha256:abc; exit 0; }; cat describe-error 2>/dev/null || echo "(ImageNotFoundException) no such image" >&2; exit 254 ;;
              *get-login-password*) echo {{Token}} ;;
              *) exit 99 ;;
            esac
            """);
        Write("dotnet", """
            echo "dotnet $*" >>calls
            echo "$DOTNET_CONTAINER_PUSH_REGISTRY_UNAME:$DOTNET_CONTAINER_PUSH_REGISTRY_PWORD" >credentials
            touch pushed
            """);
    }

    /// <summary>Each call of a tool with its arguments, in order.</summary>
    public string[] Calls => File.Exists(PathOf("calls")) ? File.ReadAllLines(PathOf("calls")) : [];

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Replaces a tool by a bash script of the given body.</summary>
    public void Write(string tool, string body)
    {
        File.WriteAllText(PathOf(tool), $"#!/usr/bin/env bash\ncd \"$(dirname \"$0\")\"\n{body}\n");
        File.SetUnixFileMode(PathOf(tool), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Runs infra/Images/publish-image.sh with what <c>pulumi up</c> gives it.</summary>
    public (int ExitCode, string Output, string Error) Run(params (string Name, string Value)[] changes) => Run(
        "publish-image.sh",
        [],
        [
            ("PROJECT", "apps/gopher-requester/GopherRequester.csproj"), ("REGISTRY", "1.dkr.ecr.ap-southeast-2.amazonaws.com"),
            ("REPOSITORY", "gopher-mesh-dev/gopher-requester"), ("TAG", "src-0123456789abcdef"), ("AWS_REGION", "ap-southeast-2"), .. changes,
        ]);

    /// <summary>Runs a script.</summary>
    public (int ExitCode, string Output, string Error) Run(string script, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
