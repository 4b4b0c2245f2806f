using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Testing;

namespace GopherMesh.Tests.SdkContract.Programs;

public sealed class DeploymentTests
{
    [Fact]
    public async Task A_run_is_a_preview_of_project_and_stack_unless_it_is_told_otherwise()
    {
        await Deployment.TestAsync(new RecordingMocks(), new TestOptions(), () =>
        {
            var run = Deployment.Instance;
            Assert.Equal(("project", "stack", "organization", true), (run.ProjectName, run.StackName, run.OrganizationName, run.IsDryRun));
            Assert.Throws<InvalidOperationException>(() => run.RootDirectory);
        });
        await Deployment.TestAsync(
            new RecordingMocks(),
            new TestOptions { ProjectName = "p", StackName = "s", OrganizationName = "o", IsPreview = false, RootDirectory = "/r" },
            () =>
            {
                var run = Deployment.Instance;
                Assert.Equal(("p", "s", "o", false, "/r"), (run.ProjectName, run.StackName, run.OrganizationName, run.IsDryRun, run.RootDirectory));
            });
    }

    [Fact]
    public void Outside_of_a_run_there_is_no_instance_and_no_resource()
    {
        Assert.Throws<InvalidOperationException>(() => Deployment.Instance);
        Assert.Throws<InvalidOperationException>(() => new Sample("sample"));
        Assert.Throws<InvalidOperationException>(() => Log.Info("nobody listens"));
    }

    [Fact]
    public async Task A_program_may_be_asynchronous_and_give_outputs()
    {
        var (resources, outputs) = await Deployment.TestAsync(new RecordingMocks(), Run.Update, async () =>
        {
            await Task.Yield();
            _ = new Sample("sample");
            return (IDictionary<string, object?>)new Dictionary<string, object?> { ["url"] = "http://gophers" };
        });

        Assert.Equal("sample", Assert.Single(resources).GetResourceName());
        Assert.Equal("http://gophers", outputs["url"]);
    }

    [Fact]
    public async Task A_program_may_be_asynchronous_without_outputs()
    {
        async Task ProgramAsync()
        {
            await Task.Yield();
            _ = new Sample("sample");
        }

        Assert.Single(await Deployment.TestAsync(new RecordingMocks(), Run.Update, ProgramAsync));
    }

    [Fact]
    public async Task The_run_ends_when_everything_that_it_started_has_ended()
    {
        var ended = false;
        await Run.ProgramAsync(() => Output.Create(Task.Run(async () =>
        {
            await Task.Yield();
            ended = true;
            return 1;
        })));

        Assert.True(ended);
    }

    [Fact]
    public async Task Two_runs_do_not_see_each_other()
    {
        var first = await Run.ProgramAsync(() => _ = new Sample("first"));
        var second = await Run.ProgramAsync(() => _ = new Sample("second"));

        Assert.Equal(("first", "second"), (Assert.Single(first.Resources).Name, Assert.Single(second.Resources).Name));
    }
}
