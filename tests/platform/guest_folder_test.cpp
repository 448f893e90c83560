// The folder that semihosting keeps to, by both ways of looking up a path.
#include "platform/semihosting/guest_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using platform::GuestFolder;

class GuestFolderTest : public testing::TestWithParam<GuestFolder::Lookup> {
 protected:
  GuestFolderTest() {
    fs::create_directories(inside / "sub");
    write(outside, "secret");
    write(inside / "plain.txt", "plain");
    write(inside / "sub/deep.txt", "deep");
    fs::create_symlink(outside, inside / "to_outside");
    fs::create_symlink("../secret.txt", inside / "to_parent");
    fs::create_directory_symlink("..", inside / "folder_outside");
  }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const fs::path& path) { return test::content_of(path); }
  int error_of(const std::string& path, int flags = O_RDONLY) const {
    const GuestFolder::Opened opened = folder.open(path, flags);
    EXPECT_EQ(opened.file.is_open(), opened.error == 0);
    return opened.error;
  }

  test::TemporaryFolder temporary;
  const fs::path inside = temporary / "inside", outside = temporary / "secret.txt";
  const GuestFolder folder = [this] {
    fs::create_directories(inside);
    return GuestFolder(inside, GetParam());
  }();
};

TEST_P(GuestFolderTest, OpensAndMakesFilesBelow) {
  EXPECT_EQ(error_of("plain.txt"), 0);
  EXPECT_EQ(error_of("./sub//deep.txt"), 0);
  EXPECT_EQ(error_of("sub/new.txt", O_WRONLY | O_CREAT), 0);
  EXPECT_TRUE(fs::exists(inside / "sub/new.txt"));
  EXPECT_EQ(error_of("absent.txt"), ENOENT);
  EXPECT_EQ(error_of("absent/new.txt", O_WRONLY | O_CREAT), ENOENT);
}

TEST_P(GuestFolderTest, RefusesEveryWayOut) {
  for (const int flags : {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_APPEND})
    for (const std::string& path :
         {outside.string(), std::string("../secret.txt"), std::string("sub/../../secret.txt"),
          std::string("to_outside"), std::string("to_parent"), std::string("/etc/passwd"),
          std::string("../new.txt")})
      EXPECT_EQ(error_of(path, flags), EACCES) << path;
  EXPECT_EQ(error_of("folder_outside/secret.txt", O_WRONLY | O_TRUNC), EACCES);
  EXPECT_EQ(read(outside), "secret");
  EXPECT_FALSE(fs::exists(temporary / "new.txt"));
}

TEST_P(GuestFolderTest, RemovesAndRenamesBelowOnly) {
  EXPECT_EQ(folder.rename("plain.txt", "sub/moved.txt"), 0);
  EXPECT_EQ(read(inside / "sub/moved.txt"), "plain");
  EXPECT_EQ(folder.remove("sub/moved.txt"), 0);
  EXPECT_FALSE(fs::exists(inside / "sub/moved.txt"));
  EXPECT_EQ(folder.remove("../secret.txt"), EACCES);
  EXPECT_EQ(folder.rename("sub/deep.txt", "../deep.txt"), EACCES);
  EXPECT_EQ(folder.rename("../secret.txt", "stolen.txt"), EACCES);
  EXPECT_EQ(folder.remove("folder_outside/secret.txt"), EACCES);
  EXPECT_EQ(folder.rename("folder_outside/secret.txt", "stolen.txt"), EACCES);
  EXPECT_EQ(folder.remove("to_outside"), 0) << "the link goes, not what it leads to";
  EXPECT_EQ(read(outside), "secret");
}

TEST_P(GuestFolderTest, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo((inside / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_of("fifo"), EACCES);
  EXPECT_EQ(error_of("sub"), EISDIR);
  EXPECT_EQ(error_of("."), EISDIR);
  EXPECT_EQ(error_of(""), ENOENT);
  EXPECT_EQ(error_of(std::string("a\0b", 3)), EINVAL);
  EXPECT_EQ(error_of(std::string(5000, 'a')), ENAMETOOLONG);
}

TEST(GuestFolderLinkTest, ALinkThatStaysBelowIsFollowedByTheKernelAndRefusedByStep) {
  const test::TemporaryFolder temporary;
  temporary.write("real.txt", "x");
  fs::create_symlink("real.txt", temporary / "link");
  const GuestFolder kernel(temporary / ".", GuestFolder::Lookup::kKernel);
  const GuestFolder steps(temporary / ".", GuestFolder::Lookup::kSteps);
  EXPECT_EQ(kernel.open("link", O_RDONLY).error, 0);
  EXPECT_EQ(steps.open("link", O_RDONLY).error, EACCES);
}

INSTANTIATE_TEST_SUITE_P(Lookups, GuestFolderTest,
                         testing::Values(GuestFolder::Lookup::kKernel,
                                         GuestFolder::Lookup::kSteps));

}  // namespace
}  // namespace cairn
